import { HandglassError, reasonWithPath } from '../errors.ts';
import type { SeatEffects } from './effects.ts';
import type { Facts } from './view.ts';

/** What the machine and libvirt said last. */
export interface Reading {
  /** While libvirt is away, what it said last is the best that is known. */
  facts(): Facts;
  /** What keeps the facts from being right. */
  problem(): HandglassError | null;
  /** Whether the machine and libvirt have been looked at, with success or without. */
  hasRead(): boolean;
  /**
   * Whether everything has been read with success, and since that reading began nothing was noticed and
   * nothing given to any domain.
   */
  isCurrent(): boolean;
  /** Something may have changed, which only a reading that begins from here on shows: it follows. */
  notice(): void;
  /** Makes the reading that has been put off; to be called when nobody is at work any more. */
  catchUp(): Promise<void>;
  /** Whether domains have been read with success, and nothing was given to any since. */
  knowsDomains(): boolean;
  /** Likewise of one of them. */
  knowsDomain(name: string): boolean;
  /** Something may have gone to a domain, which only a reading that begins from here on shows. */
  doubtDomains(): void;
  /** Reads everything again; several calls at once share a reading that begins after the last. */
  refresh(): Promise<void>;
}

/**
 * @param done called after each reading
 * @param isAtWork whether somebody is who catches up at the end: most of what is noticed meanwhile is their
 *   own doing, and a reading would hold them up; it is put off for a second, should they hang
 */
export function createReading(
  effects: Pick<SeatEffects, 'readMachine' | 'readDomains' | 'sleep'>,
  done: () => void,
  isAtWork: () => boolean,
): Reading {
  let facts: Facts = {
    input: [],
    heard: new Set(),
    usb: [],
    uses: { disks: new Map(), sources: new Map() },
    optical: [],
    domains: [],
    attached: new Map(),
    drives: new Map(),
    ports: new Map(),
    stale: new Set(),
    processes: new Map(),
    younger: new Set(),
  };
  let problem: HandglassError | null = null;
  let hasRead = false;
  let notices = 0;
  /** How many there had been when the last reading began. */
  let met = 0;
  /** How many notices there had been when what is known was read. */
  let seen = -1;
  let doubts = 0;
  /** How many doubts there were when the domains were last read. */
  let settled = -1;
  let isReading = false;
  let isPutOff = false;
  let reading: Promise<void> = Promise.resolve();
  let readingNext: Promise<void> | null = null;

  function refresh(): Promise<void> {
    readingNext ??= reading.then(() => {
      readingNext = null;
      const now = read();
      reading = now.catch(() => {});
      return now;
    });
    return readingNext;
  }

  async function read(): Promise<void> {
    const before = { doubts, notices };
    met = notices;
    isReading = true;
    try {
      const machine = effects.readMachine();
      const domains = effects.readDomains();
      // It is told below, after what can be known without libvirt.
      domains.catch(() => {});
      facts = { ...facts, ...(await machine) };
      facts = { ...facts, ...(await domains) };
      problem = null;
      settled = before.doubts;
      seen = before.notices;
    } catch (error) {
      problem =
        error instanceof HandglassError
          ? error
          : new HandglassError(
              'internal',
              `The machine cannot be read: ${reasonWithPath(error)}.`,
              '',
              {
                cause: error,
              },
            );
    }
    hasRead = true;
    isReading = false;
    done();
    if (!isAtWork()) void catchUp();
  }

  async function catchUp(): Promise<void> {
    if (met !== notices) await refresh();
  }

  async function putOff(): Promise<void> {
    if (isPutOff) return;
    isPutOff = true;
    await effects.sleep(longestPutOffMs);
    isPutOff = false;
    if (met === notices) return;
    if (!isReading) await refresh();
    // Domains do not answer; but a keyboard that has come is heard when the machine has been read.
    else await effects.readMachine().catch(() => {});
  }

  return {
    facts: () => facts,
    problem: () => problem,
    hasRead: () => hasRead,
    isCurrent: () => problem === null && seen === notices && settled === doubts,
    notice() {
      notices += 1;
      if (!isReading && !isAtWork()) void refresh();
      else void putOff();
    },
    catchUp,
    knowsDomains: () => settled === doubts,
    knowsDomain: (name) => settled === doubts && !facts.stale.has(name),
    doubtDomains() {
      doubts += 1;
    },
    refresh,
  };
}

const longestPutOffMs = 1000;
