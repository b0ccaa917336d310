/**
 * What is remembered of a seat from one reading to the next, because the machine and libvirt do not
 * say it: what has come or ended since. All of it is decided here, and nothing is done.
 */
import type { Seat } from '../config/schema.ts';
import { isActive } from '../domain/run-state.ts';
import { holds, isOurs, isSameDevice } from '../domain/usb-hostdev.ts';
import { HandglassError } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';
import { isPhantom } from '../usb/phantoms.ts';
import { fittingUsb, selectUsb, type Staying } from '../usb/selector.ts';
import { type Lives, livesOf } from './life.ts';
import type { Facts } from './view.ts';

/** A seat at its last reading outside of any handoff. */
export interface Standing {
  owner: string;
  lives: Lives;
  /** Those that the domains' QEMUs had last. */
  processes: ReadonlyMap<string, number>;
  /**
   * Addresses of the seat's devices that were there, without what is still to go to the owner. With what a
   * seat reads, so that it stays when it is read no more.
   */
  known: ReadonlySet<string>;
  /** Those that a domain has had, or may have had, and whose drivers have not been seen to since. */
  lent: ReadonlySet<string>;
  /** The ports of what was given anew for a host's driver, and has it still: once is enough. */
  renewed: ReadonlySet<string>;
  /** A handoff to a domain has begun since, and not succeeded. */
  isHalf: boolean;
}

export type Repair =
  | { kind: 'clear'; domain: string }
  /** A device that a domain has, and that a driver of the host has taken: QEMU has it in name alone. */
  | { kind: 'renew'; domain: string; port: string; name: string }
  | { kind: 'attach'; domain: string; port: string; name: string }
  /** A device that a domain has by our doing, and that no seat names any more. */
  | { kind: 'detach'; domain: string; port: string; name: string }
  | { kind: 'probe'; port: string };

/** What is to be done for a seat, in this order. */
export function repairsFor(
  seat: Seat,
  owner: string,
  facts: Facts,
  { known, lent, renewed }: Pick<Standing, 'known' | 'lent' | 'renewed'>,
): Repair[] {
  const { usb, attached } = facts;
  const haunted = seat.domains.filter((domain) =>
    attached.get(domain)?.some((hostdev) => isPhantom(hostdev, usb)),
  );
  const arrived = namedBy(seat, facts).filter((device) => !known.has(addressOf(device)));
  const isOn = facts.domains.some((each) => each.name === owner && isActive(each));
  const returned = fitting(seat, usb).filter((device) => lent.has(addressOf(device)));
  const free = (device: UsbDevice) => !isHeld(device, attached);
  const coming = isOn ? arrived.filter(free) : [];
  const lost = lostTo(seat, owner, facts).filter(({ port }) => !renewed.has(port));
  return [
    ...haunted.map((domain): Repair => ({ kind: 'clear', domain })),
    ...lost.map(({ port, name }): Repair => ({ kind: 'renew', domain: owner, port, name })),
    ...coming.map(({ port, name }): Repair => ({ kind: 'attach', domain: owner, port, name })),
    ...returned
      .filter((device) => free(device) && !coming.includes(device))
      .map(({ port }): Repair => ({ kind: 'probe', port })),
  ];
}

/**
 * @param before null at the first reading: any device may have been lent then, and none is new but what was
 *   plugged in anew while no service ran
 */
export function standingOf(
  seat: Seat,
  owner: string,
  facts: Facts,
  before: Standing | null,
): Standing {
  const { usb, attached, domains } = facts;
  const own = fitting(seat, usb);
  const lost = lostTo(seat, owner, facts);
  // One that is well with its owner now may fall once more.
  const renewed = new Set(
    own
      .filter((device) => lost.includes(device) || !isHeld(device, attached))
      .flatMap(({ port }) => (before?.renewed.has(port) ? port : [])),
  );
  const was = before ?? { known: knownAtFirst(own, owner, facts), lent: new Set(), renewed };
  const toGo = repairsFor(seat, owner, facts, was).map(portToFill);
  const known = own.filter(({ port }) => !toGo.includes(port));
  const lent = own.filter(
    (device) =>
      before === null ||
      before.lent.has(addressOf(device)) ||
      isHeld(device, attached) ||
      // The domain may end in the midst of it.
      toGo.includes(device.port),
  );
  return {
    owner,
    lives: livesOf(domains, before?.lives ?? null, startedAnew(before, facts)),
    processes: new Map([...(before?.processes ?? []), ...facts.processes]),
    known: new Set(known.map(addressOf)),
    lent: new Set(lent.map(addressOf)),
    renewed,
    isHalf: false,
  };
}

/** All but what the seat's owner still has as it was before, on the same port. */
function knownAtFirst(
  own: readonly UsbDevice[],
  owner: string,
  { usb, attached }: Facts,
): ReadonlySet<string> {
  const left = attached.get(owner)?.filter((hostdev) => isPhantom(hostdev, usb)) ?? [];
  const known = own.filter((device) => !left.some((hostdev) => isOurs(hostdev, device)));
  return new Set(known.map(addressOf));
}

/**
 * The domains that have ended and started again between two readings, and those that were on when their process was
 * first seen, and had started since the service did.
 */
export function startedAnew(
  before: Standing | null,
  { processes, younger }: Pick<Facts, 'processes' | 'younger'>,
): Set<string> {
  const anew = [...processes].filter(([domain, process]) => {
    const was = before?.processes.get(domain);
    return was === undefined ? younger.has(domain) : was !== process;
  });
  return new Set(anew.map(([domain]) => domain));
}

/** What is remembered after a repair, since it does not show in what is read. */
export function afterRepair(standing: Standing, repair: Repair): Standing {
  if (repair.kind === 'renew') {
    return { ...standing, renewed: new Set([...standing.renewed, repair.port]) };
  }
  if (repair.kind !== 'probe') return standing;
  const lent = [...standing.lent].filter((address) => !address.startsWith(`${repair.port} `));
  return { ...standing, lent: new Set(lent) };
}

/** @param facts from before the handoff or since: what came meanwhile was lent to nobody */
export function afterHandoff(standing: Standing, seat: Seat, { usb, uses }: Facts): Standing {
  const own = fitting(seat, usb, uses.sources);
  return { ...standing, lent: new Set([...standing.lent, ...own.map(addressOf)]) };
}

/**
 * The domain that keeps a seat of which it has nothing now, since all that it had was pulled out:
 * what is plugged in of it has come since. Null where there is no such domain.
 */
export function keeperOf(seat: Seat, facts: Facts, before: Standing | null): string | null {
  if (before === null || seat.usb.length === 0) return null;
  if (!seat.domains.includes(before.owner)) return null;
  const isOn = facts.domains.some((each) => each.name === before.owner && isActive(each));
  const own = fitting(seat, facts.usb, facts.uses.sources);
  const isNew = own.every((device) => !before.known.has(addressOf(device)));
  return isOn && isNew ? before.owner : null;
}

/**
 * What a domain has by our doing though no seat of that domain names it, since the configuration has changed: it
 * comes home with the first of the domain's seats, or the first of all.
 */
export function straysOf(seat: Seat, seats: readonly Seat[], { usb, attached }: Facts): Repair[] {
  const isFirst = (domain: string) =>
    (seats.find(({ domains }) => domains.includes(domain)) ?? seats[0]) === seat;
  const isNamed = (device: UsbDevice, domain: string) =>
    seats.some((each) => each.domains.includes(domain) && fitting(each, usb).includes(device));
  return [...attached]
    .filter(([domain]) => isFirst(domain))
    .flatMap(([domain, hostdevs]) =>
      usb
        .filter((device) => holds(hostdevs, device) && !isNamed(device, domain))
        .map(({ port, name }): Repair => ({ kind: 'detach', domain, port, name })),
    );
}

/** A device that is plugged in anew has another address, on the same port too. */
export function addressOf({ port, bus, device }: UsbDevice): string {
  return `${port} ${bus}:${device}`;
}

function portToFill(repair: Repair): string | null {
  return repair.kind === 'attach' ? repair.port : null;
}

function fitting(
  { usb: selectors }: Seat,
  usb: readonly UsbDevice[],
  sources?: Staying,
): UsbDevice[] {
  return [...new Set(selectors.flatMap((selector) => fittingUsb(selector, usb, sources)))];
}

/** None by an ambiguous selector: that is told where the seat is shown. */
function namedBy({ usb: selectors }: Seat, { usb, uses }: Facts): UsbDevice[] {
  const named = selectors.flatMap((selector) => {
    try {
      return selectUsb(selector, usb, uses.sources);
    } catch (error) {
      if (error instanceof HandglassError) return [];
      throw error;
    }
  });
  return [...new Set(named)];
}

/** What a seat's owner has in name alone, since a driver of the host has it. */
function lostTo(seat: Seat, owner: string, { usb, attached }: Facts): UsbDevice[] {
  const held = fitting(seat, usb).filter((device) => holds(attached.get(owner) ?? [], device));
  return held.filter(({ drivers }) => drivers.some((driver) => driver !== 'usbfs'));
}

function isHeld(device: UsbDevice, attached: Facts['attached']): boolean {
  return [...attached.values()].flat().some((hostdev) => isSameDevice(hostdev, device));
}
