/** Who has what, worked out from what the machine and libvirt say now. Nothing here is remembered. */
import type { Seat } from '../config/schema.ts';
import type { InputSelector, UsbSelector } from '../config/selectors.ts';
import type { Domain } from '../domain/domain.ts';
import { driveAlias } from '../domain/optical-drive.ts';
import { isOurs, isSameDevice, type UsbHostdev, type UsbPorts } from '../domain/usb-hostdev.ts';
import { HandglassError } from '../errors.ts';
import { inputSelectorText, selectInput } from '../input/selector.ts';
import type { InputDevice } from '../system/input.ts';
import type { OpticalDrive } from '../system/optical-drives.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Having, Holdings } from '../usb/ground.ts';
import { foreignRemedy, type Refusal, refusalsOf, type UsbUses } from '../usb/refusals.ts';
import { fittingUsb, selectUsb, usbSelectorText } from '../usb/selector.ts';
import { driveRefusals } from './optical.ts';

/** What this machine has. */
export interface MachineFacts {
  input: readonly InputDevice[];
  /** The paths of those that the switchboard listens to; all others are with the host. */
  heard: ReadonlySet<string>;
  usb: readonly UsbDevice[];
  uses: UsbUses;
  /** Those that a seat names. */
  optical: readonly OpticalDrive[];
}

/** What libvirt says. */
export interface DomainFacts {
  domains: readonly Domain[];
  /** The USB host devices of each domain that runs and that a seat names. */
  attached: ReadonlyMap<string, readonly UsbHostdev[]>;
  /** Likewise, by their aliases. */
  drives: ReadonlyMap<string, readonly string[]>;
  /** Of domains that could not be read: what is said of them is from before. */
  stale: ReadonlySet<string>;
  /** The USB ports of each of them, where they are known. */
  ports: ReadonlyMap<string, UsbPorts>;
  /** The id of the process of each of them, where it is one of this machine. */
  processes: ReadonlyMap<string, number>;
  /** Those whose process began after this service did. */
  younger: ReadonlySet<string>;
}

export type Facts = MachineFacts & DomainFacts;

export function holdingsIn(facts: Facts, domain: string): Holdings {
  return { present: facts.usb, ...havingIn(facts, domain) };
}

export function havingIn({ attached, ports }: DomainFacts, domain: string): Having {
  return { attached: attached.get(domain) ?? [], ports: ports.get(domain) ?? null };
}

export interface DeviceView {
  kind: 'input' | 'usb' | 'optical';
  selector: string;
  name: string;
  /** The USB port of a USB device that is plugged in. */
  port?: string;
  present: boolean;
  /** `host` or a domain; null while it is not plugged in, or several fit and no domain has one. */
  with: string | null;
  problem: string | null;
}

export interface SeatView {
  name: string;
  /** `host` or a domain. */
  owner: string;
  domains: string[];
  devices: DeviceView[];
}

/**
 * A seat belongs to the domain that has its input devices, else to the first that holds a USB device
 * or an optical drive of it by our doing, else to the host: what another program attached is not ours to bring back.
 *
 * @param inputOwner who has the seat's input devices: `host` or a domain
 * @param keeper the domain that has a seat of which nobody has anything now
 */
export function viewSeat(
  seat: Seat,
  facts: Facts,
  inputOwner: string,
  keeper: string | null = null,
): SeatView {
  const holder = seat.domains.find(
    (domain) =>
      seat.usb.some((selector) => holdsOurs(domain, selector, facts)) ||
      seat.optical.some((path) => holdsDrive(domain, path, facts)),
  );
  const owner = inputOwner === 'host' ? (holder ?? keeper ?? 'host') : inputOwner;
  const devices = [
    ...seat.input.map((selector) => viewInput(selector, facts, owner, inputOwner)),
    ...seat.usb.flatMap((selector) => viewUsb(selector, facts)),
    ...seat.optical.map((path) => viewDrive(path, facts)),
  ];
  return { name: seat.name, owner, domains: seat.domains, devices };
}

function holdsOurs(domain: string, selector: UsbSelector, { usb, attached }: Facts): boolean {
  const hostdevs = attached.get(domain) ?? [];
  return fittingUsb(selector, usb).some((device) =>
    hostdevs.some((hostdev) => isSameDevice(hostdev, device) && isOurs(hostdev, device)),
  );
}

function holdsDrive(domain: string, path: string, { drives }: Facts): boolean {
  return drives.get(domain)?.includes(driveAlias(path)) ?? false;
}

function viewInput(
  selector: InputSelector,
  { input, heard }: Facts,
  owner: string,
  inputOwner: string,
): DeviceView {
  const [device] = selectInput(selector, input);
  const isHeard = device !== undefined && heard.has(device.path);
  return {
    kind: 'input',
    selector: inputSelectorText(selector),
    name: device?.name ?? '',
    present: device !== undefined,
    with: device === undefined ? null : isHeard ? inputOwner : 'host',
    problem: device === undefined ? null : whyLeft(isHeard, owner, inputOwner),
  };
}

function whyLeft(isHeard: boolean, owner: string, inputOwner: string): string | null {
  if (!isHeard) return 'It stays with the host: Handglass cannot read it.';
  if (owner === inputOwner) return null;
  return (
    `It is with the host. Where the XML of ${owner} names no keyboard and mouse of Handglass, ` +
    `\`handglass input --domain ${owner} --xml\` prints what to put there; otherwise give the seat again.`
  );
}

/** A view of each device that the selector names, or one that says that none is plugged in. */
function viewUsb(selector: UsbSelector, { usb, attached, uses }: Facts): DeviceView[] {
  const view = { kind: 'usb', selector: usbSelectorText(selector), name: '' } as const;
  try {
    const devices = selectUsb(selector, usb, uses.sources);
    if (devices.length === 0) return [{ ...view, present: false, with: null, problem: null }];
    return devices.map((device) => {
      const { holder, problem } = holderOf(device, attached);
      const { name, port } = device;
      const shown = problem ?? (holder === 'host' ? stays(refusalsOf(device, uses)) : null);
      return { ...view, name, port, present: true, with: holder, problem: shown };
    });
  } catch (error) {
    if (!(error instanceof HandglassError)) throw error;
    // A domain may have one of them from before there were several: it still has to come back.
    const holders = fittingUsb(selector, usb).map((device) => holderOf(device, attached));
    const ours = holders.find(({ holder, problem }) => holder !== 'host' && problem === null);
    return [{ ...view, present: true, with: ours?.holder ?? null, problem: error.message }];
  }
}

/** One that is not there may still be with the domain that it was pulled away from. */
function viewDrive(path: string, facts: Facts): DeviceView {
  const drive = facts.optical.find((each) => each.path === path);
  const holder = [...facts.drives.keys()].find((domain) => holdsDrive(domain, path, facts)) ?? null;
  return {
    kind: 'optical',
    selector: path,
    name: drive?.name ?? '',
    present: drive !== undefined,
    with: holder ?? (drive === undefined ? null : 'host'),
    problem:
      drive === undefined || holder !== null ? null : stays(driveRefusals(drive, facts.optical)),
  };
}

function stays(refusals: readonly Refusal[]): string | null {
  if (refusals.length === 0) return null;
  const reasons = refusals.map(({ reason }) => reason).join(', ');
  return `It cannot leave the host: ${reasons}. ${refusals.map(({ remedy }) => remedy).join(' ')}`;
}

function holderOf(
  device: UsbDevice,
  attached: Facts['attached'],
): { holder: string; problem: string | null } {
  for (const [domain, hostdevs] of attached) {
    const hostdev = hostdevs.find((each) => isSameDevice(each, device));
    if (hostdev === undefined) continue;
    const problem = isOurs(hostdev, device)
      ? null
      : `Another program attached it to ${domain}. ${foreignRemedy(domain)}`;
    return { holder: domain, problem };
  }
  return { holder: 'host', problem: null };
}
