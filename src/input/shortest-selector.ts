import { canBeWritten, type InputSelector } from '../config/selectors.ts';
import type { InputDevice } from '../system/input.ts';
import { selectInput } from './selector.ts';
import { mayBeTaken } from './taking.ts';

export interface SelectorChoice {
  selector: InputSelector;
  /** Nodes of other devices that it names as well; none where it is exact. */
  others: InputDevice[];
}

/**
 * The shortest selector that names all nodes of the device and nothing else, in the order id,
 * serial, vendor and product, port, name; where none does, the one that names the fewest others.
 * Null for a device that is never taken.
 *
 * @param all every device of the machine, this one among them
 */
export function shortestSelector(
  device: InputDevice,
  all: readonly InputDevice[],
): SelectorChoice | null {
  if (!mayBeTaken(device)) return null;
  const own = all.filter((each) => mayBeTaken(each) && isSameDevice(each, device));
  const choices = candidates(device, all).map((selector) => {
    const named = selectInput(selector, all);
    const others = named.filter((each) => !isSameDevice(each, device));
    const missing = own.length - (named.length - others.length);
    return { selector, others, missing };
  });
  const [best] = choices.sort((a, b) => a.others.length - b.others.length || a.missing - b.missing);
  return best === undefined ? null : { selector: best.selector, others: best.others };
}

/** The devices that a selector names, each by its first node: more than one, and it is ambiguous. */
export function devicesNamed(selector: InputSelector, all: readonly InputDevice[]): InputDevice[] {
  const nodes = selectInput(selector, all);
  return nodes.filter(
    (node, index) => nodes.findIndex((each) => isSameDevice(each, node)) === index,
  );
}

/** All nodes on one USB port are one device; elsewhere each node is one by itself. */
export function isSameDevice(a: InputDevice, b: InputDevice): boolean {
  return a.port === null ? a.path === b.path : a.port === b.port;
}

/** Every selector that fits the device and can stand in a configuration. */
function candidates(device: InputDevice, all: readonly InputDevice[]): InputSelector[] {
  const { ids, serial, vendor, product, port, name } = device;
  const [id] = hasTwin(device, all) ? [] : ids.toSorted((a, b) => a.length - b.length);
  const selectors: InputSelector[] = [
    ...(id === undefined ? [] : [{ id }]),
    ...(serial === null ? [] : [{ serial }]),
    { vendor, product },
    ...(port === null ? [] : [{ port }]),
    { name },
  ];
  return selectors.filter(canBeWritten);
}

/** Of two USB devices of a model without serial numbers, the last one plugged in has the link. */
function hasTwin(device: InputDevice, all: readonly InputDevice[]): boolean {
  return all.some(
    (each) =>
      each.port !== null &&
      !isSameDevice(each, device) &&
      each.vendor === device.vendor &&
      each.product === device.product &&
      each.serial === device.serial,
  );
}
