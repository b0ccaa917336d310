import type { Config, Seat } from '../config/schema.ts';
import { holdsDevices } from '../domain/domain.ts';
import type { DriveAddress } from '../domain/optical-drive.ts';
import { isYounger, qemuProcesses } from '../domain/process.ts';
import type { HandglassError } from '../errors.ts';
import type { Clock, ReadFiles, WriteAttribute } from '../host/ports.ts';
import type { InputSwitch } from '../input/switching.ts';
import type { SeatEffects } from '../seat/effects.ts';
import { type DomainFacts, havingIn, holdingsIn, type MachineFacts } from '../seat/view.ts';
import { drivesToGo, giveDrives, takeDrives } from '../seat/optical.ts';
import { usbUses } from '../seat/usb-uses.ts';
import { lastKeyboardRefusals } from '../seat/way-back.ts';
import { type InputDevice, inputDevices } from '../system/input.ts';
import { opticalDrives } from '../system/optical-drives.ts';
import { type UsbDevice, usbDevices } from '../system/usb.ts';
import { type Ground, readHaving, readHoldings } from '../usb/ground.ts';
import { checkUsb, giveUsb, takeUsb } from '../usb/handoff.ts';
import { graceExpediter } from '../usb/grace-periods.ts';
import { keepsHostDriver, restoreDrivers } from '../usb/host-drivers.ts';
import { hidClass, untilNodesNamed } from '../usb/named-nodes.ts';
import { clearPhantoms } from '../usb/phantoms.ts';
import { refusalsOf } from '../usb/refusals.ts';
import { fittingUsb, namesSeveral } from '../usb/selector.ts';
import { untilUsable } from '../usb/usable.ts';
import { domainReader } from './domain-facts.ts';
import type { ConfiguredDomains } from './domains.ts';

/**
 * What seats read of this machine and of domains, and do to them.
 *
 * @param devices `watch` is called before each reading, so that no change falls between the two, and
 *   `follow` with what was read
 * @param askers whether a guest of the domain may ask us to move a seat, and whether the panel on this
 *   machine is open, which may
 * @param failed is told what keeps some of the domains from being read, at each reading
 */
export function effectsOn(
  host: ReadFiles & WriteAttribute & Clock,
  config: Config,
  domains: ConfiguredDomains,
  devices: { watch: () => Promise<void>; follow: (input: readonly InputDevice[]) => void },
  input: InputSwitch,
  askers: { hasGuest: (domain: string) => boolean; hasPanel: () => boolean },
  failed: (failures: readonly HandglassError[]) => void,
): SeatEffects {
  const seatDomains = new Set(config.seats.flatMap(({ domains: names }) => names));
  const readDomains = domainReader(domains.sources, seatDomains, failed);
  const drivePaths = config.seats.flatMap(({ optical }) => optical);
  let processes = new Map<string, number>();
  let younger = new Set<string>();

  const look = () => usbDevices(host);
  const expedited = graceExpediter(host);

  async function watchProcesses(active: readonly string[]): Promise<void> {
    const before = processes;
    processes = await qemuProcesses(host, domains, active, processes);
    const found = [...processes].filter(([name, pid]) => before.get(name) !== pid);
    const areYounger = await Promise.all(found.map(([, pid]) => isYounger(host, pid)));
    const since = found.flatMap(([name], at) => (areYounger[at] ? name : []));
    const still = [...younger].filter((name) => before.get(name) === processes.get(name));
    younger = new Set([...still, ...since]);
    for (const domain of seatDomains) input.watch(domain, processes.get(domain) ?? null);
  }

  async function findDrives(domain: string, seat: Seat): Promise<DriveAddress[]> {
    return drivesToGo(domain, seat.optical, await opticalDrives(host, drivePaths));
  }

  /** @param machine here and `having`: null for what is to be read now */
  async function groundOf(
    domain: string,
    seat: Seat,
    machine: MachineFacts | null,
    having: DomainFacts | null,
  ): Promise<Ground> {
    const readMachine = async () => {
      const [usb, present] = machine
        ? [machine.usb, machine.input]
        : await Promise.all([look(), inputDevices(host)]);
      // Nothing tells when a disk comes into use otherwise than by a mount.
      return { usb, present, uses: await usbUses(host, config.seats, present, usb) };
    };
    const [has, { usb, present, uses }] = await Promise.all([
      having ? havingIn(having, domain) : readHaving(domains, domain),
      readMachine(),
    ]);
    return {
      present: usb,
      ...has,
      sources: uses.sources,
      refusalsOf: refusalsBy(domain, seat, { input: present, usb, uses }),
    };
  }

  /** Until it can be told whether a seat reads what has come; gives whether that has to be asked anew. */
  async function untilNamed(
    { usb: selectors }: Seat,
    devices: readonly UsbDevice[],
  ): Promise<boolean> {
    const [device] = selectors.filter(namesSeveral).flatMap((each) => fittingUsb(each, devices));
    if (device?.classes.includes(hidClass) !== true) return false;
    await untilNodesNamed(host, device.port);
    return true;
  }

  function refusalsBy(
    domain: string,
    seat: Seat,
    { input: present, usb, uses }: Pick<MachineFacts, 'input' | 'usb' | 'uses'>,
  ): Ground['refusalsOf'] {
    const hasGuest = askers.hasGuest(domain);
    const hands = { config, input: present, usb, hasGuest, hasPanel: askers.hasPanel() };
    return (leaving) => [
      ...leaving.flatMap((device) => refusalsOf(device, uses)),
      ...lastKeyboardRefusals({ seat, domain, devices: leaving }, hands),
    ];
  }

  return {
    input,
    sleep: (ms) => host.sleep(ms),
    async readMachine() {
      await devices.watch();
      const present = await inputDevices(host);
      devices.follow(present);
      // These files come without a pause, and libvirt's answer waits: the next is asked for meanwhile.
      await host.sleep(0);
      const usb = await usbDevices(host);
      const uses = await usbUses(host, config.seats, present, usb);
      const optical = await opticalDrives(host, drivePaths);
      const heard = new Set(present.map(({ path }) => path).filter((path) => input.hears(path)));
      return { input: present, heard, usb, uses, optical };
    },
    async readDomains() {
      const facts = await readDomains();
      const active = facts.domains.filter(
        (each) => holdsDevices(each) && seatDomains.has(each.name),
      );
      await watchProcesses(active.map(({ name }) => name));
      return { ...facts, processes, younger };
    },
    async checkUsb(domain, seat, known) {
      checkUsb(domain, seat.usb, await groundOf(domain, seat, known, known));
    },
    async giveUsb(domain, seat, known) {
      const ground = await groundOf(domain, seat, known, known);
      await expedited(() => giveUsb(look, domains, domain, seat.usb, ground));
    },
    async giveArrived(domain, seat, port, known) {
      const at = (devices: readonly UsbDevice[]) => devices.filter((each) => each.port === port);
      const lookThere = async () => at(await look());
      const isUnsure = await untilNamed(seat, known ? at(known.usb) : await lookThere());
      const ground = await groundOf(domain, seat, isUnsure ? null : known, known);
      const here = { ...ground, present: at(ground.present) };
      await expedited(() => giveUsb(lookThere, domains, domain, seat.usb, here));
    },
    async takeUsb(domain, { usb }, known) {
      await takeUsb(domains, domain, usb, known && holdingsIn(known, domain), () =>
        readHoldings(look, domains, domain),
      );
    },
    async checkDrives(domain, seat) {
      await findDrives(domain, seat);
    },
    giveDrives: async (domain, seat) =>
      giveDrives(domains.drives, domain, await findDrives(domain, seat)),
    takeDrives: (domain, { optical }) => takeDrives(domains.drives, domain, optical),
    untilUsable: (port) => untilUsable(host, port),
    clearPhantoms: (domain, known) =>
      clearPhantoms(look, domains, domain, known && holdingsIn(known, domain)),
    keepsHostDriver: (port) => keepsHostDriver(host, port),
    restoreDrivers: (port, among) =>
      restoreDrivers(host, port, async () => {
        for (const domain of among) if (await domains.evict(domain, port)) return true;
        return false;
      }),
  };
}
