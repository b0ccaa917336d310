import type { Seat } from '../config/schema.ts';
import type { ReadFiles } from '../host/ports.ts';
import { sourcePorts } from '../input/sources.ts';
import type { InputDevice } from '../system/input.ts';
import type { UsbDevice } from '../system/usb.ts';
import { usbDiskUses } from '../system/usb-disks.ts';
import type { UsbUses } from '../usb/refusals.ts';

/** What this machine and the seats do with USB devices that are with the host. */
export async function usbUses(
  host: ReadFiles,
  seats: readonly Pick<Seat, 'name' | 'input'>[],
  input: readonly InputDevice[],
  usb: readonly UsbDevice[],
): Promise<UsbUses> {
  return { disks: await usbDiskUses(host), sources: sourcePorts(seats, input, usb) };
}
