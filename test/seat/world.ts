/** A machine, its libvirt and its switchboard in memory, moved by the real handoff of USB devices. */
import type { Seat } from '../../src/config/schema.ts';
import { HandglassError, reasonOf } from '../../src/errors.ts';
import { type DomainRunState, isActive } from '../../src/domain/run-state.ts';
import { overtaken } from '../../src/input/switching.ts';
import type { Seats } from '../../src/seat/seats.ts';
import type { SeatEffects } from '../../src/seat/effects.ts';
import { type Facts, holdingsIn } from '../../src/seat/view.ts';
import { drivesToGo, giveDrives, takeDrives } from '../../src/seat/optical.ts';
import type { OpticalDrive } from '../../src/system/optical-drives.ts';
import type { UsbDevice } from '../../src/system/usb.ts';
import { type Holdings, readHoldings } from '../../src/usb/ground.ts';
import { checkUsb, giveUsb, takeUsb } from '../../src/usb/handoff.ts';
import { clearPhantoms } from '../../src/usb/phantoms.ts';
import type { Refusal, UsbUses } from '../../src/usb/refusals.ts';
import { inputDevice } from '../input/devices.ts';
import { noUses, usbDevice } from '../usb/devices.ts';
import { createDomainDevices } from '../usb/domain-devices.ts';
import { createDomainDrives } from './drives.ts';

export interface World {
  effects: SeatEffects;
  usb: UsbDevice[];
  /** Optical drives; none unless a test says. */
  optical: OpticalDrive[];
  /** Which domain has each drive now, by its alias. */
  drives: Map<string, string[]>;
  /** Every effect so far: `readMachine`, `attach win10 1-1`, `input desk to win10`, … */
  calls: string[];
  /** Why no device may leave the host. */
  refusals: Refusal[];
  /** What the machine and the seats do with devices, which a reading shows. */
  uses: UsbUses;
  /** Asked before each effect; what it throws is the effect's failure. */
  fail: (call: string) => void | Promise<void>;
  setState: (domain: string, state: DomainRunState) => void;
  /** How many more devices each domain takes; unknown unless a test says. */
  setFreePorts: (free: number) => void;
  /** Pulls a device out; a domain that had it keeps a phantom. */
  unplug: (port: string) => void;
  /** Puts it in again. */
  plug: (port: string) => void;
  /** Pulls a device out and puts it in again. */
  replug: (port: string) => void;
  /** The ports of devices that QEMU left without a driver. */
  driverless: Set<string>;
  /** The ports of devices that a driver of the host has taken from their domain. */
  fallen: Set<string>;
  /** Another program takes back from a domain all that it has. */
  lose: (domain: string) => void;
  /** Which domain has the device on a port now. */
  holder: (port: string) => string;
  /** Its process ends, which libvirt does not say yet. */
  endProcess: (domain: string) => void;
  /** Domains that have started since the service did. */
  younger: Set<string>;
  /** Sends a seat's input devices somewhere, as a chord or a domain's end does. */
  sendInput: (seat: string, to: string) => void;
}

/** A keyboard, a mouse on port 1-1, a stick on 1-2 and a pad on 1-3, with two domains that run. */
export function createWorld(): World {
  const devices = createDomainDevices('win10', 'win11');
  const drives = createDomainDrives('win10', 'win11');
  const states = new Map<string, DomainRunState>([
    ['win10', 'running'],
    ['win11', 'running'],
  ]);
  const input = new Map<string, { owner: string; turn: number }>();
  const inputOf = (seat: string) => input.get(seat) ?? { owner: 'host', turn: 0 };
  const all = [qemuDevice(1, 2, 'MOUSE'), qemuDevice(2, 3, 'STICK'), qemuDevice(3, 4, 'PAD')];
  let lastDevice = 4;
  let lastProcess = 0;
  const processes = new Map([...states.keys()].map((name) => [name, (lastProcess += 1)]));

  const world: World = {
    usb: all,
    optical: [],
    drives: drives.held,
    driverless: new Set(),
    fallen: new Set(),
    younger: new Set(),
    calls: [],
    refusals: [],
    uses: noUses,
    fail: () => {},
    setState(domain, state) {
      states.set(domain, state);
      if (isActive({ state })) {
        if (!processes.has(domain)) processes.set(domain, (lastProcess += 1));
        return;
      }
      processes.delete(domain);
      devices.held.set(domain, []);
      drives.held.set(domain, []);
      for (const [seat, { owner }] of input) if (owner === domain) world.sendInput(seat, 'host');
    },
    setFreePorts(free) {
      devices.ports = { all: 8, free };
    },
    unplug(port) {
      world.usb = world.usb.filter((each) => each.port !== port);
      // What comes there anew finds its drivers.
      world.driverless.delete(port);
    },
    plug(port) {
      const device = all.find((each) => each.port === port);
      lastDevice += 1;
      if (device === undefined) return;
      world.usb = [
        ...world.usb.filter((each) => each.port !== port),
        { ...device, device: lastDevice },
      ];
    },
    replug(port) {
      world.unplug(port);
      world.plug(port);
    },
    endProcess: (domain) => void processes.delete(domain),
    lose: (domain) => void devices.held.set(domain, []),
    holder(port) {
      const device = world.usb.find((each) => each.port === port);
      const holders = [...devices.held].filter(([, hostdevs]) =>
        hostdevs.some(({ bus, device: number }) => bus === device?.bus && number === device.device),
      );
      return holders.map(([domain]) => domain).join(' and ') || 'host';
    },
    sendInput(seat, to) {
      input.set(seat, { owner: to, turn: inputOf(seat).turn + 1 });
    },
    effects: {
      sleep: () => new Promise(() => {}),
      async readMachine() {
        await before('readMachine');
        const keyboard = inputDevice();
        return {
          input: [keyboard],
          heard: new Set([keyboard.path]),
          usb: world.usb.map((device) => ({ ...device, drivers: driversOf(device) })),
          uses: world.uses,
          optical: world.optical,
        };
      },
      async readDomains() {
        await before('readDomains');
        const domains = [...states].map(([name, state]) => ({ name, state }));
        const running = domains.filter(isActive).map(({ name }) => name);
        const { ports } = devices;
        return {
          domains,
          attached: new Map(running.map((name) => [name, [...(devices.held.get(name) ?? [])]])),
          drives: new Map(running.map((name) => [name, [...(drives.held.get(name) ?? [])]])),
          stale: new Set(),
          processes: new Map(processes),
          younger: new Set(world.younger),
          ports: new Map(ports === null ? [] : running.map((name) => [name, ports])),
        };
      },
      async checkUsb(domain, seat, known) {
        checkUsb(domain, seat.usb, { ...(await holdingsOf(domain, known)), ...rules });
      },
      async giveUsb(domain, seat, known) {
        const ground = { ...(await holdingsOf(domain, known)), ...rules };
        await giveUsb(lookAt(), devices, domain, seat.usb, ground);
      },
      async giveArrived(domain, seat, port, known) {
        const holdings = await holdingsOf(domain, known);
        const present = holdings.present.filter((each) => each.port === port);
        world.fallen.delete(port);
        await giveUsb(lookAt(port), devices, domain, seat.usb, {
          ...holdings,
          present,
          ...rules,
        });
      },
      async takeUsb(domain, seat, known) {
        await takeUsb(devices, domain, seat.usb, known && holdingsIn(known, domain), () =>
          readHoldings(lookAt(), devices, domain),
        );
      },
      async checkDrives(domain, { optical }) {
        drivesToGo(domain, optical, world.optical);
      },
      giveDrives: async (domain, { optical }) =>
        giveDrives(drives, domain, drivesToGo(domain, optical, world.optical)),
      takeDrives: (domain, { optical }) => takeDrives(drives, domain, optical),
      untilUsable: (port) => before(`wait ${port}`),
      clearPhantoms: (domain, known) =>
        clearPhantoms(lookAt(), devices, domain, known && holdingsIn(known, domain)),
      async keepsHostDriver(port) {
        await before(`look at ${port}`);
        return world.fallen.has(port);
      },
      async restoreDrivers(port) {
        await before(`probe ${port}`);
        return world.driverless.delete(port) ? [`${port}:1.0`] : [];
      },
      input: {
        ownerOf: (seat) => inputOf(seat).owner,
        turnOf: (seat) => inputOf(seat).turn,
        async give(seat, domain, turn) {
          const isThere = () => inputOf(seat).owner === domain;
          if (isThere()) return;
          await before(`input ${seat} to ${domain}`).catch((error: unknown) => {
            if (error instanceof HandglassError) throw error;
            throw new HandglassError('handoff-failed', `${reasonOf(error)}.`);
          });
          // A chord may have sent them there meanwhile.
          if (isThere()) return;
          if (inputOf(seat).turn !== turn) {
            throw overtaken();
          }
          world.sendInput(seat, domain);
        },
        take(seat) {
          world.calls.push(`input ${seat} to host`);
          if (inputOf(seat).owner !== 'host') world.sendInput(seat, 'host');
        },
      },
    },
  };

  const lookAt = (at?: string) => async () =>
    world.usb.filter(({ port }) => at === undefined || port === at);

  const rules = { sources: noUses.sources, refusalsOf: () => world.refusals };

  function driversOf({ port, drivers }: UsbDevice): string[] {
    return world.holder(port) === 'host' || world.fallen.has(port) ? drivers : ['usbfs'];
  }

  async function holdingsOf(domain: string, known: Facts | null): Promise<Holdings> {
    return known ? holdingsIn(known, domain) : readHoldings(lookAt(), devices, domain);
  }

  async function before(call: string): Promise<void> {
    world.calls.push(call);
    await world.fail(call);
  }

  drives.fail = before;
  devices.fail = async (call) => {
    await before(call);
    const domain = call.split(' ')[1] ?? '';
    if (call.startsWith('attach ') && !isActive({ state: states.get(domain) ?? 'shut off' })) {
      throw new Error('Requested operation is not valid: domain is not running');
    }
  };
  return world;
}

/** Of every seat at once; rejects when all have come, or cannot, with why the first has not. */
export async function panicAll(seats: Seats): Promise<void> {
  const panics = seats.view().seats.map(({ name }) => seats.panic(name));
  await Promise.allSettled(panics);
  await Promise.all(panics);
}

/** A seat with the devices of these serial numbers. */
export function seatWith(name: string, domains: string[], ...serials: string[]): Seat {
  const usb = serials.map((serial) => ({ serial }));
  return {
    name,
    domains,
    input: [],
    usb,
    optical: [],
    swallow: false,
    onStart: 'stay',
    onPause: 'host',
    onSuspend: 'stay',
  };
}

/** One with the keyboard as well. */
export function seatWithKeyboard(name: string, domains: string[], ...serials: string[]): Seat {
  return { ...seatWith(name, domains, ...serials), input: [{ name: 'Keyboard' }] };
}

function qemuDevice(port: number, device: number, serial: string): UsbDevice {
  return usbDevice({ port: `1-${port}`, device, serial, name: `QEMU ${serial}` });
}
