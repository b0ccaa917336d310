/** The seats' devices that the switchboard listens to. */
import type { Seat } from '../config/schema.ts';
import { selectorToml } from '../config/selectors.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Switchboard } from '../host/switchboard-port.ts';
import { isBluetoothAdapter, isOnBluetooth } from '../system/bluetooth.ts';
import type { InputDevice } from '../system/input.ts';
import type { UsbDevice } from '../system/usb.ts';
import { selectInput } from './selector.ts';

/** A device that is open. */
export interface Source {
  device: InputDevice;
  /** The switchboard's. */
  number: number;
  /** Its place in the configuration. */
  seat: number;
  /** What names it there. */
  selector: string;
}

export interface Sources {
  /**
   * Opens what the selectors name among these devices, and closes all else. Gives those that are
   * open, and what is wrong with others; udev may not have set their rights yet.
   */
  follow(devices: readonly InputDevice[]): { sources: Source[]; problems: HandglassError[] };
  /** The switchboard has closed a device by itself. */
  forget(number: number): void;
  pathOf(number: number): string | undefined;
  has(path: string): boolean;
}

export function openSources(
  switchboard: Switchboard,
  seats: readonly Pick<Seat, 'input'>[],
): Sources {
  const open = new Map<string, number>();

  function follow(devices: readonly InputDevice[]) {
    const named = namedBySeats(seats, devices);
    const paths = new Set(named.map(({ device }) => device.path));
    for (const [path, number] of open) {
      if (paths.has(path)) continue;
      switchboard.closeDevice(number);
      open.delete(path);
    }
    const problems = named.map(({ device }) => openDevice(device)).filter((each) => each !== null);
    const sources = named.flatMap((source) => {
      const number = open.get(source.device.path);
      return number === undefined ? [] : [{ ...source, number }];
    });
    return { sources, problems };
  }

  function openDevice({ path, name }: InputDevice): HandglassError | null {
    if (open.has(path)) return null;
    try {
      open.set(path, switchboard.open(path));
      return null;
    } catch (error) {
      // Unplugged since the look at it: there will be another look.
      if (isErrno(error, 'ENOENT', 'ENODEV', 'ENXIO')) return null;
      const remedy = isErrno(error, 'EACCES')
        ? 'The service has to be in the group input, and the device in that group.'
        : '';
      const what = `The input device ${name} (${path}) cannot be read: ${reasonOf(error)}.`;
      return new HandglassError('input-unavailable', what, remedy, { cause: error });
    }
  }

  return {
    follow,
    forget(number) {
      for (const [path, each] of open) if (each === number) open.delete(path);
    },
    has: (path) => open.has(path),
    pathOf: (number) => [...open].find(([, each]) => each === number)?.[0],
  };
}

/** What a seat needs a USB device for. */
export interface PortUse {
  seat: string;
  selector: string;
  /** What it reads by that, where the device is a Bluetooth adapter. */
  onBluetooth?: string;
}

/**
 * The USB ports of devices that the seats' selectors name. Where one is on Bluetooth, the ports of all
 * adapters of the host, since nothing tells which is its own.
 */
export function sourcePorts(
  seats: readonly Pick<Seat, 'name' | 'input'>[],
  devices: readonly InputDevice[],
  usb: readonly UsbDevice[],
): Map<string, PortUse> {
  const named = namedBySeats(seats, devices).map(({ device, seat, selector }) => ({
    device,
    use: { seat: seats[seat]?.name ?? '', selector },
  }));
  const adapters = usb.filter(isHostAdapter);
  return new Map(
    named.flatMap(({ device, use }) => {
      const { port, name } = device;
      if (port !== null) return [[port, use]];
      if (!isOnBluetooth(device)) return [];
      return adapters.map((adapter): [string, PortUse] => [
        adapter.port,
        { ...use, onBluetooth: name },
      ]);
    }),
  );
}

/** One that a domain has carries nothing of the host's. */
function isHostAdapter(device: UsbDevice): boolean {
  return isBluetoothAdapter(device) && !device.drivers.includes('usbfs');
}

/** Two selectors can name one device; the first seat has it. */
function namedBySeats(
  seats: readonly Pick<Seat, 'input'>[],
  devices: readonly InputDevice[],
): Omit<Source, 'number'>[] {
  const named = new Map<InputDevice, Omit<Source, 'number'>>();
  for (const [seat, { input }] of seats.entries()) {
    for (const selector of input) {
      for (const device of selectInput(selector, devices)) {
        if (named.has(device)) continue;
        named.set(device, { device, seat, selector: selectorToml(selector) });
      }
    }
  }
  return [...named.values()];
}
