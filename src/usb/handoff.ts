/**
 * Moves a seat's USB devices. All or nothing on the way to a domain: none goes where one is refused,
 * and what was attached before a failure comes back. On the way to the host each device is tried,
 * and every failure reported.
 */
import type { UsbSelector } from '../config/selectors.ts';
import { isAway } from '../domain/domain.ts';
import { aliasFor, type Hostdevs, type UsbHostdev } from '../domain/usb-hostdev.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import { type UsbDevice, usbDevices } from '../system/usb.ts';
import { portRefusals, type Refusal, refused } from './refusals.ts';
import { fittingUsb, namesSeveral, selectUsb, usbDeviceText, usbSelectorText } from './selector.ts';

/** Why the host cannot do without these devices together, as it is now. */
export type CheckLeaving = (devices: readonly UsbDevice[]) => Promise<Refusal[]>;

/**
 * Finds what each selector names, all of which may go to the domain. Fails as `giveUsb` does before
 * it moves anything.
 */
export async function checkUsb(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  check: CheckLeaving,
): Promise<UsbDevice[][]> {
  const present = await usbDevices(host);
  const found = selectors.map((selector) => selectUsb(selector, present));
  if (found.every(({ length }) => length === 0)) throw absent(selectors);
  const { hostdevs: attached, ports } = await usbOf(hostdevs, domain);
  const coming = [...new Set(found.flat())].filter(
    (device) => !attached.some((each) => isSameDevice(each, device)),
  );
  // What is left of one that was pulled out makes room for it.
  const needed = coming.filter((device) => !attached.some((each) => isOurs(each, device))).length;
  const refusals = [...(await check(coming)), ...portRefusals(domain, ports, needed)];
  if (refusals.length > 0) throw refused(domain, refusals);
  return found;
}

/**
 * Attaches what the selectors name and is plugged in; a device that is there already stays as it
 * is. Fails with `device-absent` when nothing is plugged in, `device-ambiguous`, `device-refused`
 * with all that is refused, `handoff-failed`.
 */
export async function giveUsb(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  check: CheckLeaving,
): Promise<void> {
  const found = await checkUsb(host, hostdevs, domain, selectors, check);
  const parts = selectors.flatMap((selector, index) => partsOf(selector, found[index] ?? []));

  const given: UsbDevice[] = [];
  for (const { name, find } of parts) {
    try {
      const device = await attach(host, hostdevs, domain, find);
      if (device !== null) given.push(device);
    } catch (error) {
      if (given.length === 0 && isAway(error)) throw error;
      const back = await bringBack(given, usbDeviceText, ({ port }) =>
        hostdevs.detach(domain, aliasFor(port)),
      );
      const story = [`${name}: ${reasonOf(error)}`, ...back];
      throw failed(`The USB devices could not go to ${domain}`, story, error);
    }
  }
}

/**
 * Detaches what the selectors name. An ambiguous one means every device that it fits: a second
 * device of the kind, plugged in meanwhile, keeps none from coming back. Fails with
 * `handoff-failed` when a device stays, one that another program attached included.
 */
export async function takeUsb(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
): Promise<void> {
  const present = await usbDevices(host);
  const { hostdevs: attached } = await usbOf(hostdevs, domain);
  const story: string[] = [];
  const causes: unknown[] = [];
  const devices = new Set(selectors.flatMap((selector) => fittingUsb(selector, present)));
  for (const device of devices) {
    const hostdev = attached.find((each) => isSameDevice(each, device));
    if (hostdev === undefined) continue;
    try {
      if (!isOurs(hostdev, device)) throw new Error('another program attached it');
      await hostdevs.detach(domain, hostdev.alias);
    } catch (error) {
      causes.push(error);
      story.push(`${usbDeviceText(device)}: ${reasonOf(error)}`);
    }
  }
  if (story.length > 0) {
    const cause = new AggregateError(causes);
    throw failed(`Not every USB device came back from ${domain}`, story, cause);
  }
}

/** Whether this is the device that a domain holds. */
export function isSameDevice(hostdev: UsbHostdev, device: UsbDevice): boolean {
  return hostdev.bus === device.bus && hostdev.device === device.device;
}

/** Whether a domain holds what is on this device's port by our doing. */
export function isOurs(
  hostdev: UsbHostdev,
  { port }: UsbDevice,
): hostdev is UsbHostdev & { alias: string } {
  return hostdev.alias === aliasFor(port);
}

/** Detaches what went before a failure, the last first; gives what there is to tell of each. */
export async function bringBack<Device>(
  given: readonly Device[],
  textOf: (device: Device) => string,
  detach: (device: Device) => Promise<void>,
): Promise<string[]> {
  const story: string[] = [];
  for (const device of given.toReversed()) {
    try {
      await detach(device);
      story.push(`${textOf(device)}: brought back`);
    } catch (error) {
      story.push(`${textOf(device)}: not brought back, ${reasonOf(error)}`);
    }
  }
  return story;
}

/** @param story what happened to each device, each without a full stop */
export function failed(what: string, story: readonly string[], cause: unknown): HandglassError {
  return new HandglassError(
    'handoff-failed',
    `${what}. ${story.join('. ')}.`,
    '`handglass status` shows where each device is now.',
    { cause },
  );
}

async function usbOf(hostdevs: Hostdevs, domain: string): ReturnType<Hostdevs['usbOf']> {
  try {
    return await hostdevs.usbOf(domain);
  } catch (error) {
    if (isAway(error)) throw error;
    throw failed(`What ${domain} has cannot be read`, [reasonOf(error)], error);
  }
}

/** One device of a seat. */
interface Part {
  /** What it is called in the story of a failure. */
  name: string;
  /** What it is now, since a device that is plugged in anew is another one to libvirt. */
  find: (present: readonly UsbDevice[]) => UsbDevice | null;
}

/** Of several that one selector names, the port tells which is which. */
function partsOf(selector: UsbSelector, found: readonly UsbDevice[]): Part[] {
  if (!namesSeveral(selector)) {
    const [device] = found;
    const name = device === undefined ? usbSelectorText(selector) : usbDeviceText(device);
    return [{ name, find: (present) => selectUsb(selector, present)[0] ?? null }];
  }
  return found.map((device) => ({
    name: usbDeviceText(device),
    find: (present) =>
      fittingUsb(selector, present).find(({ port }) => port === device.port) ?? null,
  }));
}

/**
 * Looks for the device at the moment of use. A device that was plugged in anew meanwhile has
 * another number by the time libvirt looks for it: then it is found and tried once more.
 */
async function attach(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  find: Part['find'],
): Promise<UsbDevice | null> {
  const device = find(await usbDevices(host));
  if (device === null) return null;
  const attached = await hostdevs.attached(domain);
  const there = attached.find((hostdev) => isSameDevice(hostdev, device));
  if (there !== undefined && !isOurs(there, device)) throw new Error('another program attached it');
  if (there !== undefined) return null;
  // Pulled out while the domain had it, and plugged in again: the domain still has what it was.
  const left = attached.find((hostdev) => isOurs(hostdev, device));
  if (left !== undefined) await hostdevs.detach(domain, aliasFor(device.port));
  try {
    await hostdevs.attach(domain, device);
    return device;
  } catch (error) {
    const again = find(await usbDevices(host));
    if (again === null || again.device === device.device) throw error;
    await hostdevs.attach(domain, again);
    return again;
  }
}

function absent(selectors: readonly UsbSelector[]): HandglassError {
  const names = selectors.map(usbSelectorText).join(', ');
  return new HandglassError(
    'device-absent',
    names === ''
      ? 'The seat has no USB device in the configuration.'
      : `None of the seat's USB devices is plugged in (${names}).`,
    names === ''
      ? 'Add one to its `usb` list.'
      : 'Plug one in, or correct the selectors; `handglass usb` lists what is there.',
  );
}
