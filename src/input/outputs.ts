/** Where the seats' input goes: for each target the proxies, and the clones of certain devices. */
import type { Seat } from '../config/schema.ts';
import type { HandglassError } from '../errors.ts';
import type { Notify } from '../host/ports.ts';
import type { Switchboard } from '../host/switchboard-port.ts';
import type { InputDevice } from '../system/input.ts';
import type { AbsoluteDevices } from './absolute-devices.ts';
import { openClones, sendsTo } from './clones.ts';
import { openProxies, type Proxies } from './proxies.ts';
import type { Source } from './sources.ts';

export interface Outputs extends Pick<Proxies, 'of' | 'targets'> {
  /** Clones what is new among the sources, and opens our own among the devices. */
  follow(sources: readonly Source[], devices: readonly InputDevice[]): HandglassError[];
  /** The clones of a source, by target; 0 where there is none. */
  clonesOf(device: number): readonly number[];
}

/** @param targets by the switchboard's numbers, the host first */
export function openOutputs(
  host: Notify,
  switchboard: Switchboard,
  absolute: AbsoluteDevices,
  seats: readonly Pick<Seat, 'input' | 'domains' | 'swallow'>[],
  targets: readonly string[],
): Outputs {
  const withInput = seats.filter(({ input }) => input.length > 0);
  const proxies = openProxies(
    host,
    switchboard,
    targets.map((target) => (withInput.some((seat) => sendsTo(seat, target)) ? target : null)),
  );
  const clones = openClones(switchboard, proxies, absolute, seats, targets);
  // What is left belongs to domains and devices that the configuration no longer names.
  proxies.forgetRest();
  return {
    targets: proxies.targets,
    of: (target) => proxies.of(target),
    follow: (sources, devices) => [...clones.follow(sources), ...proxies.follow(devices)],
    clonesOf: (device) => clones.of(device),
  };
}
