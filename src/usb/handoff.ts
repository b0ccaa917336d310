/**
 * Moves a seat's USB devices. All or nothing on the way to a domain: what was attached before a
 * failure comes back. On the way to the host each device is tried, and every failure reported.
 */
import type { UsbSelector } from '../config/selectors.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';
import type { Hostdevs } from '../libvirt/hostdevs.ts';
import { aliasFor, type UsbHostdev } from '../libvirt/usb-hostdev.ts';
import { type UsbDevice, usbDevices } from '../system/usb.ts';
import { selectUsb, usbSelectorText } from './selector.ts';

/**
 * Attaches what the selectors name and is plugged in; a device that is there already stays as it
 * is. Fails with `device-absent` when nothing is plugged in, `device-ambiguous`, `handoff-failed`.
 */
export async function giveUsb(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
): Promise<void> {
  const present = await usbDevices(host);
  if (selectors.every((selector) => selectUsb(selector, present) === null)) throw absent(selectors);

  const given: UsbDevice[] = [];
  for (const selector of selectors) {
    try {
      const device = await attach(host, hostdevs, domain, selector);
      if (device !== null) given.push(device);
    } catch (error) {
      if (error instanceof HandglassError && error.code === 'libvirt-unavailable') throw error;
      const story = [
        `${nameOf(selector, present)}: ${reasonOf(error)}`,
        ...(await bringBack(hostdevs, domain, given)),
      ];
      throw failed(`The USB devices could not go to ${domain}`, story, error);
    }
  }
}

/** Detaches what the selectors name, as far as it was we who attached it. */
export async function takeUsb(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  selectors: readonly UsbSelector[],
): Promise<void> {
  const present = await usbDevices(host);
  const attached = await hostdevs.attached(domain);
  const story: string[] = [];
  const causes: unknown[] = [];
  for (const selector of selectors) {
    try {
      const device = selectUsb(selector, present);
      const alias = device === null ? null : aliasOf(device, attached);
      if (alias !== null) await hostdevs.detach(domain, alias);
    } catch (error) {
      causes.push(error);
      story.push(`${nameOf(selector, present)}: ${reasonOf(error)}`);
    }
  }
  if (story.length > 0) {
    const cause = new AggregateError(causes);
    throw failed(`Not every USB device came back from ${domain}`, story, cause);
  }
}

/** The alias under which a domain holds a device; null when it does not, or not by our doing. */
function aliasOf(device: UsbDevice, attached: readonly UsbHostdev[]): string | null {
  const found = attached.find((hostdev) => isSameDevice(hostdev, device));
  return found?.alias === aliasFor(device.port) ? found.alias : null;
}

/** Whether this is the device that a domain holds. */
export function isSameDevice(hostdev: UsbHostdev, device: UsbDevice): boolean {
  return hostdev.bus === device.bus && hostdev.device === device.device;
}

/**
 * Resolves the selector at the moment of use. A device that was plugged in anew meanwhile has
 * another number by the time libvirt looks for it: then it is resolved and tried once more.
 */
async function attach(
  host: ReadFiles,
  hostdevs: Hostdevs,
  domain: string,
  selector: UsbSelector,
): Promise<UsbDevice | null> {
  const device = selectUsb(selector, await usbDevices(host));
  if (device === null || (await holds(hostdevs, domain, device))) return null;
  try {
    await hostdevs.attach(domain, device);
    return device;
  } catch (error) {
    const again = selectUsb(selector, await usbDevices(host));
    if (again === null || again.device === device.device) throw error;
    await hostdevs.attach(domain, again);
    return again;
  }
}

async function holds(hostdevs: Hostdevs, domain: string, device: UsbDevice): Promise<boolean> {
  return (await hostdevs.attached(domain)).some((hostdev) => isSameDevice(hostdev, device));
}

async function bringBack(
  hostdevs: Hostdevs,
  domain: string,
  given: readonly UsbDevice[],
): Promise<string[]> {
  const story: string[] = [];
  for (const device of given.toReversed()) {
    try {
      await hostdevs.detach(domain, aliasFor(device.port));
      story.push(`${device.name} (port ${device.port}): brought back`);
    } catch (error) {
      story.push(`${device.name} (port ${device.port}): not brought back, ${reasonOf(error)}`);
    }
  }
  return story;
}

function nameOf(selector: UsbSelector, present: readonly UsbDevice[]): string {
  try {
    const device = selectUsb(selector, present);
    if (device !== null) return `${device.name} (port ${device.port})`;
  } catch {
    // Ambiguous: the error that is being told says so.
  }
  return usbSelectorText(selector);
}

function failed(what: string, story: readonly string[], cause: unknown): HandglassError {
  return new HandglassError(
    'handoff-failed',
    `${what}. ${story.join('. ')}.`,
    '`handglass status` shows where each device is now.',
    { cause },
  );
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
      : 'Plug one in, or correct the selectors; `lsusb` lists what is there.',
  );
}
