/** What is there to be selected, and what the configuration makes of it. */
import type { Seat } from '../config/schema.ts';
import { type InputSelector, selectorToml } from '../config/selectors.ts';
import type { InputDevice } from '../system/input.ts';
import { selectInput } from './selector.ts';
import { devicesNamed, isSameDevice, shortestSelector } from './shortest-selector.ts';
import { reasonToLeave } from './taking.ts';

export type SurveyedInput = Pick<
  InputDevice,
  'path' | 'name' | 'kind' | 'vendor' | 'product' | 'serial' | 'port' | 'ids'
> & {
  /** What would select the device; null where it is never taken. */
  selector: InputSelector | null;
  /** The seat that takes it. */
  seat: string | null;
  /** Those that name it in their `usb`. */
  usbSeats: string[];
  /** What its user should know, in words. */
  remarks: string[];
};

/**
 * @param seats those of the configuration; none where there is no configuration
 * @param unreadable paths that the service has no right to read
 * @param usbSeats the seats that name a device in their `usb`, by its port
 */
export function surveyInput(
  devices: readonly InputDevice[],
  seats: readonly Pick<Seat, 'name' | 'input'>[],
  unreadable: ReadonlySet<string>,
  usbSeats: ReadonlyMap<string, string[]> = new Map(),
): SurveyedInput[] {
  const ambiguous = seats
    .flatMap(({ input }) => input)
    .filter((selector) => devicesNamed(selector, devices).length > 1);
  return devices.map((device) => {
    const { path, name, kind, vendor, product, serial, port, ids } = device;
    const choice = shortestSelector(device, devices);
    const seat = seats.find(({ input }) => isNamed(device, input, devices));
    const reason = reasonToLeave(device);
    const remarks = [
      ...(reason === null ? [] : [`never taken: ${reason}`]),
      ...(choice === null || choice.others.length === 0
        ? []
        : [`the selector also takes ${listOf(choice.others)}`]),
      ...ambiguous
        .filter((selector) => isNamed(device, [selector], devices))
        .map((selector) => ambiguityText(selector, device, devices)),
      ...(reason === null && unreadable.has(path) ? ['the service has no right to read it'] : []),
    ];
    return {
      path,
      name,
      kind,
      vendor,
      product,
      serial,
      port,
      ids,
      selector: choice?.selector ?? null,
      seat: seat?.name ?? null,
      usbSeats: usbSeats.get(port ?? '') ?? [],
      remarks,
    };
  });
}

function isNamed(
  device: InputDevice,
  selectors: readonly InputSelector[],
  devices: readonly InputDevice[],
): boolean {
  return selectors.some((selector) => selectInput(selector, devices).includes(device));
}

function ambiguityText(
  selector: InputSelector,
  device: InputDevice,
  devices: readonly InputDevice[],
): string {
  const others = devicesNamed(selector, devices).filter((each) => !isSameDevice(each, device));
  return `${selectorToml(selector)} in the configuration also takes ${listOf(others)}`;
}

/** Devices of one model have one name, so the node says which. */
function listOf(devices: readonly InputDevice[]): string {
  return devices.map(({ name, path }) => `${name} (${path})`).join(', ');
}
