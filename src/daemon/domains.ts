import type { Config } from '../config/schema.ts';
import type { Domain, Domains } from '../domain/domain.ts';
import type { Drives } from '../domain/optical-drive.ts';
import type { UsbAddress } from '../domain/usb-hostdev.ts';
import type { Clock, Connect, Converse, Follow, ReadFiles, WriteFiles } from '../host/ports.ts';
import { libvirtDomains } from '../libvirt/libvirt-domains.ts';
import { qemuDomain } from '../qemu/qemu-domain.ts';
import { hasAddress } from '../system/usb.ts';

/** Domains of several sources, each asked for those that it has. */
export interface ConfiguredDomains extends Omit<
  Domains,
  'list' | 'drives' | 'addressesOf' | 'evict'
> {
  sources: readonly Pick<Domains, 'list' | 'usbOf' | 'drives'>[];
  /** Of domains that can have them, as every domain of a seat with drives can. */
  drives: Drives;
  /** As a domain's own; false where that is not needed. */
  evict(domain: string, port: string): Promise<boolean>;
  /** The IP addresses of a domain; none where nobody knows them. */
  addressesOf(domain: string): Promise<string[]>;
}

/**
 * The domains of the configuration: each `[[qemu]]` by itself, and libvirt, unless every domain that
 * a seat names is one of those. Where libvirt has a domain of the same name, that is left alone.
 *
 * @param folder where files for virsh lie
 * @param signal the end of what is kept to talk to them
 */
export function configuredDomains(
  host: ReadFiles & WriteFiles & Converse & Follow & Connect & Clock,
  config: Pick<Config, 'seats' | 'qemu' | 'libvirt'>,
  folder: string,
  signal: AbortSignal,
): ConfiguredDomains {
  const isPluggedIn = (usb: UsbAddress) => hasAddress(host, usb);
  const qemus = new Map(
    config.qemu.map((entry) => [entry.name, qemuDomain(host, entry, isPluggedIn, signal)]),
  );
  const others = config.seats.flatMap(({ domains }) => domains).filter((name) => !qemus.has(name));
  const isNeeded = qemus.size === 0 || others.length > 0;
  const libvirt = isNeeded
    ? except(qemus, libvirtDomains(host, config.libvirt.uri, folder, signal))
    : null;
  const sources = [...qemus.values(), ...(libvirt === null ? [] : [libvirt])];

  function sourceOf(domain: string): Domains {
    const source = qemus.get(domain) ?? libvirt;
    if (source === null) throw new Error(`nothing has a domain "${domain}"`);
    return source;
  }

  function drivesOf(domain: string): Drives {
    const { drives } = sourceOf(domain);
    if (drives === undefined) throw new Error(`no drive can be attached to "${domain}"`);
    return drives;
  }

  return {
    sources,
    drives: {
      attached: (domain) => drivesOf(domain).attached(domain),
      attach: (domain, drive) => drivesOf(domain).attach(domain, drive),
      detach: (domain, path) => drivesOf(domain).detach(domain, path),
    },
    addressesOf: async (domain) => (await sourceOf(domain).addressesOf?.(domain)) ?? [],
    evict: async (domain, port) => (await sourceOf(domain).evict?.(domain, port)) ?? false,
    attached: (domain) => sourceOf(domain).attached(domain),
    usbOf: (domain) => sourceOf(domain).usbOf(domain),
    attach: (domain, devices) => sourceOf(domain).attach(domain, devices),
    detach: (domain, aliases) => sourceOf(domain).detach(domain, aliases),
    follow: async (changed, until) => {
      await Promise.all(sources.map((source) => source.follow(changed, until)));
    },
    domainIn: (commandLine) =>
      sources.map((source) => source.domainIn(commandLine)).find((name) => name !== null) ?? null,
  };
}

function except(names: ReadonlyMap<string, unknown>, domains: Domains): Domains {
  return {
    ...domains,
    async list() {
      const all: Domain[] = await domains.list();
      return all.filter(({ name }) => !names.has(name));
    },
    domainIn(commandLine) {
      const name = domains.domainIn(commandLine);
      return name === null || names.has(name) ? null : name;
    },
  };
}
