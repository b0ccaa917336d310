import type { Seat } from '../config/schema.ts';
import { sourcePorts } from '../input/sources.ts';
import type { InputDevice } from '../system/input.ts';
import type { UsbDevice } from '../system/usb.ts';
import { fittingUsb } from '../usb/selector.ts';

/** The seats that name a device in their `usb`, by its port. */
export function usbSeats(
  seats: readonly Pick<Seat, 'name' | 'input' | 'usb'>[],
  input: readonly InputDevice[],
  devices: readonly UsbDevice[],
): Map<string, string[]> {
  const sources = sourcePorts(seats, input, devices);
  const named = seats.flatMap(({ name, usb }) => {
    const fitting = usb.flatMap((selector) => fittingUsb(selector, devices, sources));
    return [...new Set(fitting)].map(({ port }) => ({ port, name }));
  });
  const byPort = Map.groupBy(named, ({ port }) => port);
  return new Map([...byPort].map(([port, each]) => [port, each.map(({ name }) => name)]));
}
