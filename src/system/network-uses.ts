/** Which network interfaces of this machine lead anywhere, and what is built on top of them. */
import type { ReadFiles } from '../host/ports.ts';
import { namesIn, optionalAttribute } from './attributes.ts';
import { boundedMap } from './bounded.ts';
import { pciAddressIn } from './pci-address.ts';
import { printable } from '../printable.ts';

export interface InterfaceUse {
  interface: string;
  /** The bridge, bond or VLAN above it whose routes these are; null where they are its own. */
  through: string | null;
  /** Whether the way to everywhere else goes through it, and not only that to its own network. */
  isDefault: boolean;
}

/**
 * The interfaces of PCI devices, with those above them, that have a route or an address. One that is
 * down, or up and idle, is no use that would be missed, and is left out.
 */
export async function interfaceUses(
  host: ReadFiles,
): Promise<{ address: string; use: InterfaceUse }[]> {
  const names = await namesIn(host, netFolder);
  const routes = await readRoutes(host);
  const found = await boundedMap(names, 8, async (name) => {
    const address = pciAddressIn(await host.readLink(`${netFolder}/${name}`));
    if (address === null) return [];
    const uppers = await uppersOf(host, name, new Set([name]));
    return [name, ...uppers].flatMap((each) => {
      const route = routes.get(each);
      if (route === undefined) return [];
      const through = each === name ? null : printable(each);
      return [
        { address, use: { interface: printable(name), through, isDefault: route === 'default' } },
      ];
    });
  });
  return found.flat();
}

const netFolder = '/sys/class/net';

/** Interfaces that an interface is a part of, and those that these are a part of. */
async function uppersOf(host: ReadFiles, name: string, seen: Set<string>): Promise<string[]> {
  const direct = (await namesIn(host, `${netFolder}/${name}`))
    .flatMap((each) => /^upper_(.+)$/.exec(each)?.[1] ?? [])
    .filter((each) => !seen.has(each));
  for (const each of direct) seen.add(each);
  const above = await Promise.all(direct.map((each) => uppersOf(host, each, seen)));
  return [...direct, ...above.flat()];
}

/**
 * What the kernel's tables say of each interface. An IPv4 address makes a route to its own network;
 * IPv6 addresses of scope 20 are those that every interface gives itself.
 */
async function readRoutes(host: ReadFiles): Promise<Map<string, 'default' | 'address'>> {
  const routes = new Map<string, 'default' | 'address'>();
  const note = (name: string | undefined, isDefault: boolean) => {
    if (name === undefined || routes.get(name) === 'default') return;
    routes.set(name, isDefault ? 'default' : 'address');
  };
  const rowsOf = async (file: string) =>
    (await optionalAttribute(host, `/proc/self/net/${file}`))
      .split('\n')
      .map((line) => line.trim().split(/\s+/));
  for (const [name, to] of (await rowsOf('route')).slice(1)) note(name, to === '00000000');
  for (const [, , , scope, , name] of await rowsOf('if_inet6')) {
    if (scope !== '20' && scope !== undefined) note(name, false);
  }
  for (const row of await rowsOf('ipv6_route')) {
    const [to, bits] = row;
    // The kernel keeps such a row of lo where there is no way at all.
    if (/^0{32}$/.test(to ?? '') && bits === '00') note(row[9], true);
  }
  return routes;
}
