/**
 * Moves a seat's USB devices. All or nothing on the way to a domain: none goes where one is refused,
 * and what was attached before a failure comes back. On the way to the host each device is tried,
 * and every failure reported.
 */
import type { UsbSelector } from '../config/selectors.ts';
import { isAway } from '../domain/domain.ts';
import {
  aliasFor,
  detachOne,
  holds,
  type Hostdevs,
  isOurs,
  isSameDevice,
  type UsbHostdev,
} from '../domain/usb-hostdev.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Ground, Holdings, Look } from './ground.ts';
import { type Part, partsOf, renumbered } from './parts.ts';
import { foreignRemedy, portRefusals, refused } from './refusals.ts';
import { bringBack, failed } from './rollback.ts';
import { fittingUsb, selectUsb, usbDeviceText, usbSelectorText } from './selector.ts';

/**
 * Finds what the selectors name, all of which may go to the domain or is there by our doing. Fails as
 * `giveUsb` does before it moves anything.
 */
export function checkUsb(
  domain: string,
  selectors: readonly UsbSelector[],
  { present, attached, ports, sources, refusalsOf }: Ground,
): Part[] {
  const found = selectors.map((selector) => selectUsb(selector, present, sources));
  if (found.every(({ length }) => length === 0)) throw absent(selectors);
  const parts = partsOf(selectors, found);
  const devices = parts.map(({ device }) => device);
  const foreign = devices.filter((device) =>
    attached.some((each) => isSameDevice(each, device) && !isOurs(each, device)),
  );
  if (foreign.length > 0) {
    const story = foreign.map((device) => `${usbDeviceText(device)}: ${takenByOthers}`);
    throw failed(notGone(domain), story, undefined, foreignRemedy(domain));
  }
  const coming = devices.filter((device) => !holds(attached, device));
  // What is left of one that was pulled out makes room for it.
  const needed = coming.filter((device) => !attached.some((each) => isOurs(each, device))).length;
  const refusals = [...refusalsOf(coming), ...portRefusals(domain, ports, needed)];
  if (refusals.length > 0) throw refused(domain, refusals);
  return parts;
}

/**
 * Attaches what the selectors name and is plugged in; a device that is there already stays as it
 * is. Fails with `device-absent` when nothing is plugged in, `device-ambiguous`, `device-refused`
 * with all that is refused, `handoff-failed`.
 *
 * @param look for what is plugged in anew meanwhile
 */
export async function giveUsb(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  ground: Ground,
): Promise<void> {
  const { attached } = ground;
  const parts = checkUsb(domain, selectors, ground).filter(
    ({ device }) => !holds(attached, device),
  );
  if (parts.length === 0) return;
  await clearLeft(hostdevs, domain, parts, attached);
  const tried = await attachAll(look, hostdevs, domain, parts);
  const failing = tried.filter(isFailing);
  const [first] = failing;
  if (first === undefined) return;
  const there = tried.filter((each) => !isFailing(each)).map(({ device }) => device);
  const doubtful = failing.filter(({ failure }) => failure.isDoubtful).map(({ device }) => device);
  const detach = ({ port }: UsbDevice) => detachOne(hostdevs, domain, aliasFor(port));
  await bringBack(doubtful, usbDeviceText, detach);
  const story = [
    ...failing.map(({ device, failure }) => `${usbDeviceText(device)}: ${reasonOf(failure.error)}`),
    ...(await bringBack(there, usbDeviceText, detach)),
  ];
  const errors = failing.map(({ failure }) => failure.error);
  if (there.length === 0 && isAway(errors[0])) throw errors[0];
  throw failed(notGone(domain), story, errors.length > 1 ? new AggregateError(errors) : errors[0]);
}

/**
 * Detaches what the selectors name. An ambiguous one means every device that it fits: a second
 * device of the kind, plugged in meanwhile, keeps none from coming back. Fails with
 * `handoff-failed` when a device stays, one that another program attached included.
 *
 * @param known what the machine and the domain had last: that goes at once, before it is read what is
 *   still there
 */
export async function takeUsb(
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  known: Holdings | null,
  read: () => Promise<Holdings>,
): Promise<void> {
  if (known !== null) await detachNamed(hostdevs, domain, selectors, known);
  const stayed = await detachNamed(hostdevs, domain, selectors, await read());
  if (stayed.length === 0) return;
  const story = stayed.map(({ device, error }) => `${usbDeviceText(device)}: ${reasonOf(error)}`);
  const cause = new AggregateError(stayed.map(({ error }) => error));
  const remedy = stayed.some(({ isForeign }) => isForeign) ? foreignRemedy(domain) : undefined;
  throw failed(`Not every USB device came back from ${domain}`, story, cause, remedy);
}

/** Gives those that stay, each with the reason; foreign is what another program attached. */
async function detachNamed(
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
  { present, attached }: Holdings,
): Promise<{ device: UsbDevice; error: unknown; isForeign: boolean }[]> {
  const devices = new Set(selectors.flatMap((selector) => fittingUsb(selector, present)));
  const there = [...devices].filter((device) =>
    attached.some((hostdev) => isSameDevice(hostdev, device)),
  );
  const ours = there.filter((device) => holds(attached, device));
  const aliases = ours.map(({ port }) => aliasFor(port));
  const failures = ours.length === 0 ? new Map() : await hostdevs.detach(domain, aliases);
  return there.flatMap((device) => {
    const alias = aliasFor(device.port);
    const isForeign = !ours.includes(device);
    if (!isForeign && !failures.has(alias)) return [];
    const error: unknown = isForeign ? new Error(takenByOthers) : failures.get(alias);
    return [{ device, error, isForeign }];
  });
}

const takenByOthers = 'another program attached it';

function notGone(domain: string): string {
  return `The USB devices could not go to ${domain}`;
}

/** What is left of devices that were pulled out while the domain had them, and are plugged in again. */
async function clearLeft(
  hostdevs: Hostdevs,
  domain: string,
  parts: readonly Part[],
  attached: readonly UsbHostdev[],
): Promise<void> {
  for (const { device } of parts) {
    if (!attached.some((each) => isOurs(each, device))) continue;
    try {
      await detachOne(hostdevs, domain, aliasFor(device.port));
    } catch (error) {
      if (isAway(error)) throw error;
      throw failed(notGone(domain), [`${usbDeviceText(device)}: ${reasonOf(error)}`], error);
    }
  }
}

/** A device as it was when it was attached last. */
interface Tried {
  device: UsbDevice;
  /** Why the domain does not have it, for all that is known; doubtful where nobody could say. */
  failure?: { error: unknown; isDoubtful: boolean };
}

function isFailing(tried: Tried): tried is Required<Tried> {
  return tried.failure !== undefined;
}

/**
 * Attaches all at once. A device that was plugged in anew meanwhile has another number by the time
 * libvirt looks for it: then it is found and tried once more.
 */
async function attachAll(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  parts: readonly Part[],
): Promise<Tried[]> {
  const devices = parts.map(({ device }) => device);
  const tried = await attachTogether(hostdevs, domain, devices);
  if (!tried.some(isFailing)) return tried;
  // Why a device could not be attached says more than why it cannot be looked for.
  const present = await look().catch(() => []);
  const last: Tried[] = [];
  for (const [at, each] of tried.entries()) {
    const part = parts[at];
    const again = part === undefined || !isFailing(each) ? null : renumbered(part, present);
    if (again === null) last.push(each);
    else last.push(...(await attachTogether(hostdevs, domain, [again])));
  }
  return last;
}

/** Never rejects. */
async function attachTogether(
  hostdevs: Hostdevs,
  domain: string,
  devices: readonly UsbDevice[],
): Promise<Tried[]> {
  try {
    const failures = await hostdevs.attach(domain, devices);
    return devices.map((device) => {
      if (!failures.has(device)) return { device };
      return { device, failure: { error: failures.get(device), isDoubtful: false } };
    });
  } catch (error) {
    return devices.map((device) => ({ device, failure: { error, isDoubtful: true } }));
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
