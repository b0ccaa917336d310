/** The USB host devices of domains, in memory: what libvirt and QEMU would say and do. */
import { isAway } from '../../src/domain/domain.ts';
import {
  aliasFor,
  type Hostdevs,
  type UsbAddress,
  type UsbHostdev,
  type UsbPorts,
} from '../../src/domain/usb-hostdev.ts';

export interface DomainDevices extends Hostdevs {
  /** What each domain has, for tests to read and to change. */
  held: Map<string, UsbHostdev[]>;
  /** `attach win10 1-2`, in the order of the calls. */
  calls: string[];
  /** Its USB ports, whatever is attached; null unless a test says. */
  ports: UsbPorts | null;
  /** Asked before each call takes effect; what it throws is the call's failure. */
  fail: (call: string, device?: UsbAddress) => void | Promise<void>;
}

export function createDomainDevices(...domains: string[]): DomainDevices {
  const held = new Map(domains.map((domain): [string, UsbHostdev[]] => [domain, []]));
  const calls: string[] = [];

  const devices: DomainDevices = {
    held,
    calls,
    ports: null,
    fail: () => {},
    attached: async (domain) => (await devices.usbOf(domain)).hostdevs,
    async usbOf(domain) {
      await devices.fail(`attached ${domain}`);
      return { hostdevs: [...(held.get(domain) ?? [])], ports: devices.ports };
    },
    async attach(domain, wanted) {
      const failures = new Map<UsbAddress, unknown>();
      for (const device of wanted) {
        await attachOne(domain, device).catch((error: unknown) => {
          // As with libvirt, nobody can say then what became of the others.
          if (isAway(error)) throw error;
          failures.set(device, error);
        });
      }
      return failures;
    },
    async detach(domain, aliases) {
      const failures = new Map<string, unknown>();
      for (const alias of aliases) {
        await detachOne(domain, alias).catch((error: unknown) => failures.set(alias, error));
      }
      // As with libvirt, nobody can say then what became of the others, which are tried all the same.
      const away = [...failures.values()].find(isAway);
      if (away !== undefined) throw away;
      return failures;
    },
  };

  async function detachOne(domain: string, alias: string): Promise<void> {
    const call = `detach ${domain} ${alias}`;
    calls.push(call);
    await devices.fail(call);
    held.set(domain, held.get(domain)?.filter((hostdev) => hostdev.alias !== alias) ?? []);
  }

  async function attachOne(domain: string, device: UsbAddress): Promise<void> {
    const call = `attach ${domain} ${device.port}`;
    calls.push(call);
    await devices.fail(call, device);
    const alias = aliasFor(device.port);
    if (held.get(domain)?.some((hostdev) => hostdev.alias === alias)) {
      throw new Error(`unsupported configuration: non unique alias detected: ${alias}`);
    }
    for (const [other, hostdevs] of held) {
      if (!hostdevs.some((each) => each.bus === device.bus && each.device === device.device))
        continue;
      throw new Error(`USB device is in use by driver QEMU, domain ${other}`);
    }
    held.get(domain)?.push({ bus: device.bus, device: device.device, alias });
  }

  return devices;
}
