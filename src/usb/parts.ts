import type { UsbSelector } from '../config/selectors.ts';
import { isSameDevice } from '../domain/usb-hostdev.ts';
import type { UsbDevice } from '../system/usb.ts';
import { fittingUsb, namesSeveral, selectUsb } from './selector.ts';

/** One device of a seat. */
export interface Part {
  device: UsbDevice;
  /** What it is now, since a device that is plugged in anew is another one to libvirt. */
  find: (present: readonly UsbDevice[]) => UsbDevice | null;
}

/** Each device once, however many selectors name it. */
export function partsOf(selectors: readonly UsbSelector[], found: readonly UsbDevice[][]): Part[] {
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
 * The device under the number that it has by now, where it was plugged in anew; null where it has none, or
 * several fit.
 */
export function renumbered(
  { device, find }: Part,
  present: readonly UsbDevice[],
): UsbDevice | null {
  try {
    const now = find(present);
    return now === null || isSameDevice(now, device) ? null : now;
  } catch {
    return null;
  }
}
