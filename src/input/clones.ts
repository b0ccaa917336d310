/**
 * The clones: what a device with absolute axes says means nothing on another device, so each target
 * of its seat has one that can do what it can, and takes all of it. Clones are made when the device
 * is first seen, and from then on at each start, so that a domain finds them whether or not the
 * device is plugged in. They stay as they are, whatever becomes of the device.
 */
import type { Seat } from '../config/schema.ts';
import { selectorToml } from '../config/selectors.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Switchboard } from '../host/switchboard-port.ts';
import type { InputDevice } from '../system/input.ts';
import type { AbsoluteDevice, AbsoluteDevices } from './absolute-devices.ts';
import { createSlugs } from './clone-slugs.ts';
import type { Proxies } from './proxies.ts';
import type { Source } from './sources.ts';

export interface Clones {
  /** Makes those of devices that are new. Gives what is wrong with any. */
  follow(sources: readonly Source[]): HandglassError[];
  /** The clones of a device that is plugged in, by target; 0 where there is none. */
  of(device: number): readonly number[];
}

/** Whether a seat's input is ever sent to a target by way of the service. */
export function sendsTo(
  seat: Pick<Seat, 'domains' | 'swallow'> | undefined,
  target: string,
): boolean {
  if (seat === undefined) return false;
  return target === 'host' ? seat.swallow : seat.domains.includes(target);
}

/** @param targets by the switchboard's numbers, the host first */
export function openClones(
  switchboard: Switchboard,
  proxies: Pick<Proxies, 'add'>,
  store: AbsoluteDevices,
  seats: readonly Pick<Seat, 'input' | 'domains' | 'swallow'>[],
  targets: readonly string[],
): Clones {
  const slugs = createSlugs(targets);
  const problems: HandglassError[] = [];
  const cloned: Cloned[] = [];
  /** By the switchboard's number of what is plugged in. */
  const pluggedIn = new Map<number, Cloned>();

  for (const { next, ...device } of store.known) {
    const seat = seats.findIndex(({ input }) =>
      input.some((selector) => selectorToml(selector) === device.selector),
    );
    if (seat === -1 || !slugs.claim(device.slug)) continue;
    const capabilities = next ?? device.capabilities;
    add({ ...device, capabilities, next: null }, seat, next !== null);
  }
  if (cloned.length < store.known.length || store.known.some(({ next }) => next !== null)) save();

  function add(device: AbsoluteDevice, seat: number, fresh: boolean): Cloned {
    const clones = targets.map((target) =>
      sendsTo(seats[seat], target) ? make(device, target, fresh) : 0,
    );
    const added = { device, seat, clones };
    cloned.push(added);
    return added;
  }

  function make({ name, slug, capabilities }: AbsoluteDevice, target: string, fresh: boolean) {
    try {
      return proxies.add(target, slug, name, capabilities, fresh);
    } catch (error) {
      // A machine without uinput is told of by the proxies.
      if (!isErrno(error, 'ENOENT', 'ENODEV', 'EACCES')) problems.push(unmade(name, target, error));
      return 0;
    }
  }

  function save(): void {
    store.save(cloned.map(({ device }) => device));
  }

  function follow(sources: readonly Source[]): HandglassError[] {
    const numbers = new Set(sources.map(({ number }) => number));
    for (const number of pluggedIn.keys()) if (!numbers.has(number)) pluggedIn.delete(number);
    const absolute = sources.filter(({ device }) => needsClone(device));
    return [...problems, ...absolute.flatMap(plug)];
  }

  function plug(source: Source): HandglassError[] {
    let present = pluggedIn.get(source.number);
    if (present === undefined) {
      let capabilities: Buffer;
      try {
        capabilities = switchboard.capabilities(source.number);
      } catch (error) {
        // Unplugged since the look at it: there will be another look.
        return isErrno(error, 'ENODEV', 'EBADF') ? [] : [unknown(source, error)];
      }
      present = find(source, capabilities);
      pluggedIn.set(source.number, present);
    }
    return present.device.next === null ? [] : [changed(source)];
  }

  /** Of several devices of one name, those that can do what this one can come first. */
  function find({ device: { name }, seat, selector }: Source, capabilities: Buffer): Cloned {
    const present = [...pluggedIn.values()];
    const alike = cloned.filter(
      (each) => each.device.name === name && each.seat === seat && !present.includes(each),
    );
    const found =
      alike.find(({ device }) => device.capabilities.equals(capabilities)) ??
      alike.find(({ device }) => device.next?.equals(capabilities)) ??
      alike[0];
    if (found === undefined) {
      const device = { slug: slugs.create(name), name, selector, capabilities, next: null };
      const added = add(device, seat, true);
      save();
      return added;
    }
    const { device } = found;
    const next = device.capabilities.equals(capabilities) ? null : capabilities;
    const isKnown = next === null ? device.next === null : device.next?.equals(next);
    found.device = { ...device, next };
    if (!isKnown) save();
    return found;
  }

  return { follow, of: (device) => pluggedIn.get(device)?.clones ?? [] };
}

/** A keyboard that claims an axis as well is a keyboard. */
function needsClone({ capabilities: { absolute, typing } }: InputDevice): boolean {
  return absolute && !typing;
}

interface Cloned {
  device: AbsoluteDevice;
  seat: number;
  clones: number[];
}

function changed({ device: { name, path } }: Source): HandglassError {
  return new HandglassError(
    'input-unavailable',
    `The input device ${name} (${path}) has other axes or keys than when its clones were made, and they stay as they are.`,
    'Shut down the domains that have it, restart the service, and start them again.',
  );
}

function unmade(name: string, target: string, error: unknown): HandglassError {
  const remedy = isErrno(error, 'EMFILE')
    ? 'Let the selectors name fewer devices of this kind.'
    : 'Plug it in, then restart the service.';
  return new HandglassError(
    'input-unavailable',
    `The input device ${name} cannot be handed to ${target} whole: ${reasonOf(error)}.`,
    remedy,
    { cause: error },
  );
}

function unknown({ device: { name, path } }: Source, error: unknown): HandglassError {
  return new HandglassError(
    'input-unavailable',
    `What the input device ${name} (${path}) can do cannot be found out: ${reasonOf(error)}.`,
    'Unplug it and plug it in again.',
    { cause: error },
  );
}
