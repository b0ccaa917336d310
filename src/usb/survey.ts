/** What is there to be selected, where it is plugged in, who has it, and which seats name it. */
import type { Seat } from '../config/schema.ts';
import { selectorToml, type UsbSelector } from '../config/selectors.ts';
import { usbClasses } from '../config/usb-classes.ts';
import type { Unread } from '../system/unread.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { UsbBus, UsbController, UsbPort } from '../system/usb-controllers.ts';
import { refusalsOf, type UsbUses } from './refusals.ts';
import { fittingUsb, namesSeveral, shortestUsbSelector } from './selector.ts';

export interface SurveyedController extends Omit<UsbController, 'buses'> {
  /** What would select all that is on it; null where it is not on PCI. */
  selector: UsbSelector | null;
  buses: SurveyedBus[];
}

export interface SurveyedBus extends UsbBus {
  ports: SurveyedPort[];
}

export interface SurveyedPort extends UsbPort {
  device: SurveyedUsb | null;
  /** Why the device on it could not be read. */
  unread?: string;
}

export interface SurveyedUsb extends Pick<
  UsbDevice,
  'name' | 'vendor' | 'product' | 'serial' | 'isHub' | 'speedMbps' | 'drivers'
> {
  /** As a configuration calls them; a class that it does not know is its code. */
  classes: string[];
  /** `host` or a domain; null where a program of the host has it, and nobody says which. */
  with: string | null;
  /** What would select the device; of a hub, what is plugged in below it. */
  selector: UsbSelector;
  /** The seats that name it. */
  seats: string[];
  /** The seat that names it in its `input`. */
  inputSeat: string | null;
  /** What its user should know, in words. */
  remarks: string[];
  /** Of a hub. */
  ports: SurveyedPort[];
}

export interface UsbFacts {
  controllers: readonly UsbController[];
  ports: readonly UsbPort[];
  devices: readonly UsbDevice[];
  /** Why others could not be read, by their ports. */
  unread?: Unread;
  uses: UsbUses;
}

/**
 * The controllers with all that is on them. Ports that the firmware knows to lead nowhere are left
 * out, and so is a device whose hub has gone.
 *
 * @param seats those of the configuration; none where there is no configuration
 * @param holders the domains that have devices, by port; none where the service cannot be asked
 */
export function surveyUsb(
  facts: UsbFacts,
  seats: readonly Pick<Seat, 'name' | 'usb'>[],
  holders: ReadonlyMap<string, string>,
): SurveyedController[] {
  const { controllers, devices, unread = {}, uses } = facts;
  return controllers.map(({ buses, ...controller }) => ({
    ...controller,
    selector: controller.isPci ? { controller: controller.address } : null,
    buses: buses.map((bus) => ({ ...bus, ports: portsBelow(String(bus.number)) })),
  }));

  function portsBelow(hub: string): SurveyedPort[] {
    return portsOf(hub, facts).map(({ port, connectType }) => {
      const device = devices.find((each) => each.port === port);
      const reason = unread[port];
      return {
        port,
        connectType,
        device: device === undefined ? null : surveyed(device),
        ...(reason === undefined ? {} : { unread: reason }),
      };
    });
  }

  function surveyed(device: UsbDevice): SurveyedUsb {
    const { port, name, vendor, product, serial, isHub, speedMbps, drivers } = device;
    const use = facts.uses.sources.get(port);
    const naming = seats.filter(({ usb }) => usb.some((each) => names(each, device, facts)));
    return {
      name,
      vendor,
      product,
      serial,
      isHub,
      speedMbps,
      drivers,
      classes: device.classes.map((code) => classNames.get(code) ?? code),
      with: holders.get(port) ?? (drivers.includes('usbfs') ? null : 'host'),
      selector: isHub ? { hub: port } : shortestUsbSelector(device, devices),
      seats: naming.map((seat) => seat.name),
      // A Bluetooth adapter is needed for what is on it, and named by nobody.
      inputSeat: use === undefined || use.onBluetooth !== undefined ? null : use.seat,
      remarks: [
        ...naming.flatMap(({ usb }) => ambiguities(usb, device, devices)),
        ...seats.flatMap(({ usb }) => omissions(usb, device, facts)),
        // Of a device that no seat is to give, nobody needs to know.
        ...(naming.length === 0 ? [] : refusalsOf(device, uses)).map(
          ({ reason }) => `it cannot leave the host: ${reason}`,
        ),
      ],
      ports: isHub ? portsBelow(port) : [],
    };
  }
}

/** Where a device is, whatever the kernel says of ports: an old one may know none of them. */
function portsOf(hub: string, { ports, devices, unread = {} }: UsbFacts): UsbPort[] {
  const known = new Map(ports.map((each) => [each.port, each]));
  const taken = [...devices.map(({ port }) => port), ...Object.keys(unread)].map(
    (port) => known.get(port) ?? { port, connectType: 'unknown' },
  );
  const useful = ports.filter(({ connectType }) => connectType !== 'not used');
  const all = new Map([...useful, ...taken].map((each) => [each.port, each]));
  return [...all.values()]
    .filter(({ port }) => hubOf(port) === hub)
    .toSorted((a, b) => a.port.localeCompare(b.port, 'en', { numeric: true }));
}

/** The hub's own port, or the number of the bus where it is a root hub. */
function hubOf(port: string): string {
  return port.replace(/[.-]\d+$/, '');
}

function names(selector: UsbSelector, device: UsbDevice, { devices, uses }: UsbFacts): boolean {
  return fittingUsb(selector, devices, uses.sources).includes(device);
}

/** Selectors of several that pass over a device which has what they say. */
function omissions(
  selectors: readonly UsbSelector[],
  device: UsbDevice,
  facts: UsbFacts,
): string[] {
  const seat = facts.uses.sources.get(device.port)?.seat;
  return selectors
    .filter(
      (selector) => fittingUsb(selector, [device]).length > 0 && !names(selector, device, facts),
    )
    .map(
      (selector) =>
        `${selectorToml(selector)} in the configuration passes over it: the seat "${seat}" needs it for its \`input\``,
    );
}

/** Selectors that are to name one device and fit others as well, so that none moves. */
function ambiguities(
  selectors: readonly UsbSelector[],
  device: UsbDevice,
  all: readonly UsbDevice[],
): string[] {
  return selectors
    .filter((selector) => !namesSeveral(selector) && fittingUsb(selector, [device]).length > 0)
    .flatMap((selector) => {
      const others = fittingUsb(selector, all).filter((each) => each !== device);
      if (others.length === 0) return [];
      const list = others.map(({ name, port }) => `${name} (port ${port})`).join(', ');
      return [
        `${selectorToml(selector)} in the configuration also fits ${list}, so none of them moves`,
      ];
    });
}

/** What no seat can select by has a name as well. */
const classNames = new Map<string, string>([
  ...Object.entries(usbClasses).map(([name, code]) => [code, name] as const),
  ['09', 'hub'],
  ['ff', 'vendor-specific'],
]);
