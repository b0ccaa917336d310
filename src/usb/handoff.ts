/**
 * Moves a seat's USB devices. All or nothing on the way to a domain: none goes where one is refused,
 * and what was attached before a failure comes back. On the way to the host each device is tried,
 * and every failure reported.
 */
import type { UsbSelector } from '../config/selectors.ts';
import { isAway } from '../domain/domain.ts';
import { aliasFor, type Hostdevs, type UsbHostdev } from '../domain/usb-hostdev.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';
import { portRefusals, type Refusal, refused } from './refusals.ts';
import { fittingUsb, namesSeveral, selectUsb, usbDeviceText, usbSelectorText } from './selector.ts';

/** The USB devices to choose from, as they are now. */
export type Look = () => Promise<UsbDevice[]>;

/** Looks at the host; tells why it cannot do without these devices together, as it was then. */
export type CheckLeaving = () => Promise<(devices: readonly UsbDevice[]) => Refusal[]>;

/**
 * Finds what each selector names, all of which may go to the domain. Fails as `giveUsb` does before
 * it moves anything.
 */
export async function checkUsb(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  check: CheckLeaving,
): Promise<{ found: UsbDevice[][]; attached: UsbHostdev[] }> {
  const [present, { hostdevs: attached, ports }, refusalsOf] = await Promise.all([
    look(),
    usbOf(hostdevs, domain),
    check(),
  ]);
  const found = selectors.map((selector) => selectUsb(selector, present));
  if (found.every(({ length }) => length === 0)) throw absent(selectors);
  const coming = [...new Set(found.flat())].filter(
    (device) => !attached.some((each) => isSameDevice(each, device)),
  );
  // What is left of one that was pulled out makes room for it.
  const needed = coming.filter((device) => !attached.some((each) => isOurs(each, device))).length;
  const refusals = [...refusalsOf(coming), ...portRefusals(domain, ports, needed)];
  if (refusals.length > 0) throw refused(domain, refusals);
  return { found, attached };
}

/**
 * Attaches what the selectors name and is plugged in; a device that is there already stays as it
 * is. Fails with `device-absent` when nothing is plugged in, `device-ambiguous`, `device-refused`
 * with all that is refused, `handoff-failed`.
 */
export async function giveUsb(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  check: CheckLeaving,
): Promise<void> {
  const checked = await checkUsb(look, hostdevs, domain, selectors, check);
  const given: Part[] = [];
  const failures: { part: Part; error: unknown }[] = [];
  const parts = partsOf(selectors, checked.found);
  let { attached } = checked;
  await twoAtOnce(parts, async (part) => {
    if (failures.length > 0) return;
    try {
      // What has just been read is true of the first two still.
      const device = parts.indexOf(part) < 2 ? part.device : part.find(await look());
      if (device === null) return;
      const now = await attach(look, hostdevs, domain, { ...part, device }, attached);
      if (now === null) return;
      attached = now;
      given.push(part);
    } catch (error) {
      failures.push({ part, error });
    }
  });
  const [first] = failures;
  if (first === undefined) return;
  if (given.length === 0 && isAway(first.error)) throw first.error;
  const story = [
    ...failures.map(({ part, error }) => `${usbDeviceText(part.device)}: ${reasonOf(error)}`),
    ...(await bringBack(
      parts.filter((part) => given.includes(part)).map(({ device }) => device),
      usbDeviceText,
      ({ port }) => hostdevs.detach(domain, aliasFor(port)),
    )),
  ];
  throw failed(`The USB devices could not go to ${domain}`, story, first.error);
}

/**
 * Detaches what the selectors name. An ambiguous one means every device that it fits: a second
 * device of the kind, plugged in meanwhile, keeps none from coming back. Fails with
 * `handoff-failed` when a device stays, one that another program attached included.
 */
export async function takeUsb(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
): Promise<void> {
  const present = await look();
  const { hostdevs: attached } = await usbOf(hostdevs, domain);
  const failures = new Map<UsbDevice, unknown>();
  const devices = [...new Set(selectors.flatMap((selector) => fittingUsb(selector, present)))];
  await twoAtOnce(devices, async (device) => {
    const hostdev = attached.find((each) => isSameDevice(each, device));
    if (hostdev === undefined) return;
    try {
      if (!isOurs(hostdev, device)) throw new Error('another program attached it');
      await hostdevs.detach(domain, hostdev.alias);
    } catch (error) {
      failures.set(device, error);
    }
  });
  if (failures.size === 0) return;
  const stayed = devices.filter((device) => failures.has(device));
  const story = stayed.map((each) => `${usbDeviceText(each)}: ${reasonOf(failures.get(each))}`);
  const cause = new AggregateError(stayed.map((device) => failures.get(device)));
  throw failed(`Not every USB device came back from ${domain}`, story, cause);
}

/**
 * Libvirt and QEMU do one thing at a time to a domain; while they are at it, what comes before and after
 * is done for the next device. More at once would wait for another virsh to start.
 */
async function twoAtOnce<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const turns = items.values();
  const lane = async () => {
    for (const item of turns) await act(item);
  };
  await Promise.all([lane(), lane()]);
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
  device: UsbDevice;
  /** What it is now, since a device that is plugged in anew is another one to libvirt. */
  find: (present: readonly UsbDevice[]) => UsbDevice | null;
}

/** Each device once, however many selectors name it. */
function partsOf(selectors: readonly UsbSelector[], found: readonly UsbDevice[][]): Part[] {
  const parts = selectors.flatMap((selector, index) =>
    (found[index] ?? []).map((device) => ({ device, find: finderOf(selector, device) })),
  );
  return parts.filter(
    (part, index) => parts.findIndex(({ device }) => device === part.device) === index,
  );
}

/** Of several that one selector names, the port tells which is which. */
function finderOf(selector: UsbSelector, { port }: UsbDevice): Part['find'] {
  if (!namesSeveral(selector)) return (present) => selectUsb(selector, present)[0] ?? null;
  return (present) => fittingUsb(selector, present).find((device) => device.port === port) ?? null;
}

/**
 * Gives what the domain has once it has got the device; null where it has it already. A device that was
 * plugged in anew meanwhile has another number by the time libvirt looks for it: then it is found and
 * tried once more.
 *
 * @param attached what the domain has
 */
async function attach(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  { device, find }: Part,
  attached: readonly UsbHostdev[],
): Promise<UsbHostdev[] | null> {
  const there = attached.find((hostdev) => isSameDevice(hostdev, device));
  if (there !== undefined && !isOurs(there, device)) throw new Error('another program attached it');
  if (there !== undefined) return null;
  // Pulled out while the domain had it, and plugged in again: the domain still has what it was.
  const left = attached.find((hostdev) => isOurs(hostdev, device));
  if (left !== undefined) await hostdevs.detach(domain, aliasFor(device.port));
  try {
    return await hostdevs.attach(domain, device);
  } catch (error) {
    const again = find(await look());
    if (again === null || again.device === device.device) throw error;
    return hostdevs.attach(domain, again);
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
