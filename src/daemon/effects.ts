import type { Config, Seat } from '../config/schema.ts';
import type {
  Clock,
  Converse,
  OpenFiles,
  ReadFiles,
  WriteAttribute,
  WriteFiles,
} from '../host/ports.ts';
import { isActive, listDomains } from '../libvirt/domains.ts';
import { hostdevsOf } from '../libvirt/hostdevs.ts';
import { qemuProcesses } from '../libvirt/process.ts';
import { virshFor } from '../libvirt/virsh.ts';
import type { InputSwitch } from '../input/switching.ts';
import type { SeatEffects } from '../seat/effects.ts';
import { usbUses } from '../seat/usb-uses.ts';
import { lastKeyboardRefusals } from '../seat/way-back.ts';
import { type InputDevice, inputDevices } from '../system/input.ts';
import { usbDevices } from '../system/usb.ts';
import { type CheckLeaving, checkUsb, giveUsb, takeUsb } from '../usb/handoff.ts';
import { restoreDrivers } from '../usb/host-drivers.ts';
import { clearPhantoms } from '../usb/phantoms.ts';
import { refusalsOf } from '../usb/refusals.ts';
import { untilUsable } from '../usb/usable.ts';

/**
 * What seats read of this machine and of libvirt, and do to them.
 *
 * @param folder where files for virsh lie for a moment
 * @param devices `watch` is called before each reading, so that no change falls between the two, and
 *   `follow` with what was read
 * @param hasGuest whether a guest of the domain may ask us to move a seat
 * @param signal the end, after which no virsh is kept
 */
export function effectsOn(
  host: ReadFiles & WriteFiles & WriteAttribute & OpenFiles & Converse & Clock,
  config: Config,
  folder: string,
  devices: { watch: () => Promise<void>; follow: (input: readonly InputDevice[]) => void },
  input: InputSwitch,
  hasGuest: (domain: string) => boolean,
  signal: AbortSignal,
): SeatEffects {
  const virsh = virshFor(host, config.libvirt.uri, signal);
  const hostdevs = hostdevsOf(host, virsh, folder);
  const seatDomains = new Set(config.seats.flatMap(({ domains }) => domains));
  let processes = new Map<string, number>();

  async function watchProcesses(active: readonly string[]): Promise<void> {
    processes = await qemuProcesses(host, active, processes);
    for (const domain of seatDomains) input.watch(domain, processes.get(domain) ?? null);
  }

  const checkFor =
    (domain: string, seat: Seat): CheckLeaving =>
    async (leaving) => {
      const present = await inputDevices(host);
      const uses = await usbUses(host, config.seats, present);
      const hands = { config, input: present, hasGuest: hasGuest(domain) };
      return [
        ...leaving.flatMap((device) => refusalsOf(device, uses)),
        ...lastKeyboardRefusals({ seat, domain, devices: leaving }, hands),
      ];
    };

  return {
    input,
    async readMachine() {
      await devices.watch();
      const present = await inputDevices(host);
      devices.follow(present);
      const uses = await usbUses(host, config.seats, present);
      return { input: present, usb: await usbDevices(host), uses };
    },
    async readDomains() {
      const domains = await listDomains(virsh);
      const active = domains.filter((each) => isActive(each) && seatDomains.has(each.name));
      await watchProcesses(active.map(({ name }) => name));
      const attached = active.map(
        async ({ name }) => [name, await hostdevs.attached(name)] as const,
      );
      return { domains, attached: new Map(await Promise.all(attached)) };
    },
    async checkUsb(domain, seat) {
      await checkUsb(host, hostdevs, domain, seat.usb, checkFor(domain, seat));
    },
    giveUsb: (domain, seat) => giveUsb(host, hostdevs, domain, seat.usb, checkFor(domain, seat)),
    takeUsb: (domain, { usb }) => takeUsb(host, hostdevs, domain, usb),
    untilUsable: (port) => untilUsable(host, port),
    clearPhantoms: (domain) => clearPhantoms(host, hostdevs, domain),
    restoreDrivers: (port) => restoreDrivers(host, port),
  };
}
