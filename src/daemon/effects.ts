import type { Config } from '../config/schema.ts';
import { isActive } from '../domain/domain.ts';
import { qemuProcesses } from '../domain/process.ts';
import type { HandglassError } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import type { InputSwitch } from '../input/switching.ts';
import type { SeatEffects } from '../seat/seats.ts';
import { type InputDevice, inputDevices } from '../system/input.ts';
import { usbDevices } from '../system/usb.ts';
import { giveUsb, takeUsb } from '../usb/handoff.ts';
import { domainReader } from './domain-facts.ts';
import type { ConfiguredDomains } from './domains.ts';

/**
 * What seats read of this machine and of domains, and do to them.
 *
 * @param devices `watch` is called before each reading, so that no change falls between the two, and
 *   `follow` with what was read
 * @param failed is told what keeps some of the domains from being read, at each reading
 */
export function effectsOn(
  host: ReadFiles,
  config: Config,
  domains: ConfiguredDomains,
  devices: { watch: () => Promise<void>; follow: (input: readonly InputDevice[]) => void },
  input: InputSwitch,
  failed: (failures: readonly HandglassError[]) => void,
): SeatEffects {
  const seatDomains = new Set(config.seats.flatMap(({ domains: names }) => names));
  const readDomains = domainReader(domains.sources, seatDomains, failed);
  let processes = new Map<string, number>();

  async function watchProcesses(active: readonly string[]): Promise<void> {
    processes = await qemuProcesses(host, domains, active, processes);
    for (const domain of seatDomains) input.watch(domain, processes.get(domain) ?? null);
  }

  return {
    input,
    async readMachine() {
      await devices.watch();
      const present = await inputDevices(host);
      devices.follow(present);
      return { input: present, usb: await usbDevices(host) };
    },
    async readDomains() {
      const facts = await readDomains();
      const active = facts.domains.filter((each) => isActive(each) && seatDomains.has(each.name));
      await watchProcesses(active.map(({ name }) => name));
      return facts;
    },
    giveUsb: (domain, { usb }) => giveUsb(host, domains, domain, usb),
    takeUsb: (domain, { usb }) => takeUsb(host, domains, domain, usb),
  };
}
