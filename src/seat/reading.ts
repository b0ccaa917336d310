import { HandglassError, reasonOf } from '../errors.ts';
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
  /** Reads everything again; several calls at once share a reading that begins after the last. */
  refresh(): Promise<void>;
}

/** @param done called after each reading */
export function createReading(
  effects: Pick<SeatEffects, 'readMachine' | 'readDomains'>,
  done: () => void,
): Reading {
  let facts: Facts = {
    input: [],
    usb: [],
    uses: { disks: new Map(), sources: new Map() },
    optical: [],
    domains: [],
    attached: new Map(),
    drives: new Map(),
    freePorts: new Map(),
  };
  let problem: HandglassError | null = null;
  let hasRead = false;
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
    try {
      const machine = effects.readMachine();
      const domains = effects.readDomains();
      // It is told below, after what can be known without libvirt.
      domains.catch(() => {});
      facts = { ...facts, ...(await machine) };
      facts = { ...facts, ...(await domains) };
      problem = null;
    } catch (error) {
      problem =
        error instanceof HandglassError
          ? error
          : new HandglassError('internal', `The machine cannot be read: ${reasonOf(error)}.`, '', {
              cause: error,
            });
    }
    hasRead = true;
    done();
  }

  return { facts: () => facts, problem: () => problem, hasRead: () => hasRead, refresh };
}
