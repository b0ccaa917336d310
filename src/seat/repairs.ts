/**
 * Carries out what standing.ts finds to be repaired: one at a time, never for a seat that is moving,
 * and each once for what is known of the world, so that a failure waits for a change.
 */
import type { Seat } from '../config/schema.ts';
import { holdsDevices, isAway } from '../domain/domain.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { SeatEffects } from './effects.ts';
import type { Reading } from './reading.ts';
import { addressOf, type Repair } from './standing.ts';
import type { Facts } from './view.ts';

export interface Repairs {
  /** What a seat needs now, in place of what it needed before. */
  plan(seat: Seat, repairs: readonly Repair[]): void;
  /** Begins with what is planned, unless it is under way already; to be called after a reading. */
  begin(): void;
  /** Each ends with a reading, unless nothing has changed. */
  areUnderWay(): boolean;
  /** Resolves when nothing is being repaired that concerns this seat. */
  until(seat: string): Promise<void>;
  /** What could not be repaired. */
  problems(): HandglassError[];
}

export interface RepairEvents {
  isMoving(seat: string): boolean;
  /** A repair has succeeded; `story` is empty where nothing had to be done. */
  repaired(seat: string, repair: Repair, story: string): void;
  /** Nobody could be asked, or not to the end: what was to be done may have been done all the same. */
  unanswered(): void;
}

interface Attempt {
  facts: string;
  problem: HandglassError | null;
  /** It failed since nobody could be asked, and is made again after the next reading. */
  isVoid: boolean;
}

interface Job {
  seat: Seat;
  repair: Repair;
  key: string;
}

export function createRepairs(
  seats: readonly Seat[],
  effects: SeatEffects,
  reading: Reading,
  events: RepairEvents,
): Repairs {
  const planned = new Map<string, Job[]>();
  const tried = new Map<string, Attempt>();
  let current: { seats: readonly string[]; done: Promise<boolean> } | null = null;
  let isWorking = false;

  async function work(): Promise<void> {
    isWorking = true;
    for (let job = nextJob(); job !== null; job = nextJob()) {
      const done = carryOut(job);
      current = { seats: touchedBy(job, seats), done };
      const isOther = await done;
      current = null;
      await (isOther ? reading.refresh() : reading.catchUp());
    }
    isWorking = false;
    void reading.catchUp();
  }

  function nextJob(): Job | null {
    if (reading.problem() !== null) {
      // What failed may have failed for that.
      tried.clear();
      return null;
    }
    const facts = textOf(reading.facts());
    const isDue = (job: Job) =>
      tried.get(job.key)?.facts !== facts &&
      !touchedBy(job, seats).some((name) => events.isMoving(name));
    const job = [...planned.values()].flat().find(isDue) ?? null;
    if (job !== null) {
      const problem = tried.get(job.key)?.problem ?? null;
      tried.set(job.key, { facts, problem, isVoid: false });
    }
    return job;
  }

  /** Whether anything is other than before. */
  async function carryOut({ seat, repair, key }: Job): Promise<boolean> {
    const before = tried.get(key)?.problem ?? null;
    let problem: HandglassError | null = null;
    let isVoid = false;
    let story: string | null = '';
    try {
      const isWanted = () =>
        planned.get(seat.name)?.some((job) => job.key === key) === true &&
        !events.isMoving(seat.name);
      story = await repairNow(effects, seat, repair, reading, isWanted);
      if (story !== null) events.repaired(seat.name, repair, story);
      // No reading shows it: lent again, the device is to be seen to again.
      if (repair.kind === 'probe') forget(seat, key);
    } catch (error) {
      problem = problemFrom(error);
      isVoid = isAway(error);
      if (isVoid) events.unanswered();
    }
    const facts = tried.get(key)?.facts;
    if (facts !== undefined) tried.set(key, { facts, problem, isVoid });
    return Boolean(story) || problem !== before;
  }

  function forget({ name }: Seat, key: string): void {
    planned.set(name, planned.get(name)?.filter((job) => job.key !== key) ?? []);
    tried.delete(key);
  }

  return {
    plan(seat, repairs) {
      const jobs = repairs.map((repair) => ({
        seat,
        repair,
        key: JSON.stringify([seat.name, repair]),
      }));
      for (const { key } of planned.get(seat.name) ?? []) {
        if (!jobs.some((job) => job.key === key)) tried.delete(key);
      }
      planned.set(seat.name, jobs);
    },
    begin() {
      for (const [key, { isVoid }] of tried) if (isVoid) tried.delete(key);
      if (!isWorking) void work();
    },
    areUnderWay: () => isWorking,
    async until(seat) {
      if (current?.seats.includes(seat)) await current.done;
    },
    problems: () =>
      [...tried.values()].flatMap(({ problem }) => (problem === null ? [] : [problem])),
  };
}

/** What sits on a port that one seat's phantom, or nobody's device, still has may be another's by now. */
function touchedBy({ seat, repair }: Job, seats: readonly Seat[]): string[] {
  if (repair.kind !== 'clear' && repair.kind !== 'detach') return [seat.name];
  const others = seats.filter(({ domains }) => domains.includes(repair.domain));
  return [seat.name, ...others.map(({ name }) => name)];
}

/** Without the drivers of devices, which a repair that fails may leave otherwise. */
function textOf({ usb, uses, domains, attached, ports }: Facts): string {
  const inUse = [...uses.disks, ...uses.sources];
  return JSON.stringify([usb.map(addressOf), inUse, domains, [...attached], [...ports]]);
}

/**
 * Gives what there is to tell of it; null where it was not to be done after all.
 *
 * @param isWanted whether it is still to be done, by the last reading
 */
async function repairNow(
  effects: SeatEffects,
  seat: Seat,
  repair: Repair,
  reading: Reading,
  isWanted: () => boolean,
): Promise<string | null> {
  // Nothing but handoffs and repairs gives a domain what is ours, and a device never comes back as it was.
  const known = (domain: string) => (reading.knowsDomain(domain) ? reading.facts() : null);
  const takeAlone = (domain: string, port: string) =>
    effects.takeUsb(domain, { ...seat, usb: [{ port }] }, known(domain));
  if (repair.kind === 'clear') {
    if (await effects.clearPhantoms(repair.domain, known(repair.domain))) {
      return `${repair.domain} has let go of what was pulled out`;
    }
    // The last reading has missed something, or is no longer true.
    reading.notice();
    return '';
  }
  if (repair.kind === 'attach') {
    await effects.untilUsable(repair.port);
    await effects.giveArrived(repair.domain, seat, repair.port, known(repair.domain));
    return `${repair.name} (port ${repair.port}) was plugged in and is with ${repair.domain}`;
  }
  if (repair.kind === 'renew') {
    if (!(await effects.keepsHostDriver(repair.port))) return null;
    // A libvirt that has just started lists for a moment what QEMU let go before.
    await reading.refresh();
    if (!isWanted()) return null;
    await takeAlone(repair.domain, repair.port);
    await effects.giveArrived(repair.domain, seat, repair.port, null);
    return `${repair.name} (port ${repair.port}) had fallen to a driver of the host and is with ${repair.domain} again`;
  }
  if (repair.kind === 'detach') {
    await takeAlone(repair.domain, repair.port);
    return `${repair.name} (port ${repair.port}), which no seat of ${repair.domain} names, has come back from it`;
  }
  const among = reading
    .facts()
    .domains.filter((each) => seat.domains.includes(each.name) && holdsDevices(each))
    .map(({ name }) => name);
  const restored = await effects.restoreDrivers(repair.port, among);
  return restored.length === 0 ? '' : `${restored.join(' and ')} has its driver again`;
}

/** Null for what the next reading tells by itself: the device is gone, or nobody can be asked. */
function problemFrom(error: unknown): HandglassError | null {
  if (!(error instanceof HandglassError)) {
    return new HandglassError('handoff-failed', `${reasonOf(error)}.`, '', { cause: error });
  }
  return error.code === 'device-absent' || isAway(error) ? null : error;
}
