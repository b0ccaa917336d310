/** Reads an event device inside the virtual host all the time, and remembers what it saw. */
import { setTimeout } from 'node:timers/promises';
import { LabFailure } from '../lab/failure.ts';
import { buildInputPrograms } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';

const { listener } = buildInputPrograms();

export interface Press {
  key: string;
  /** The kernel's stamp, seconds of CLOCK_MONOTONIC. */
  at: number;
}

export interface Witness {
  /** Every press so far. */
  readonly presses: readonly Press[];
  /** Every release so far, by its key. */
  readonly releases: readonly string[];
  /** Keys that were pressed and not released. */
  readonly down: ReadonlySet<string>;
  /** Reports with motion so far. */
  readonly motions: number;
  /** The last lines that the program said: reports, with their times. */
  readonly last: readonly string[];
  /** Resolves when the program has ended: told to, killed, or because the device is gone. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Begins to read; `--grab` takes the device first, as QEMU does with a proxy. */
export async function witness(lab: Lab, path: string, ...options: '--grab'[]): Promise<Witness> {
  const presses: Press[] = [];
  const releases: string[] = [];
  const down = new Set<string>();
  const last: string[] = [];
  let motions = 0;
  let said = '';
  let [partial, problem] = ['', ''];

  function take(line: string): void {
    const [time = '', ...words] = line.split(' ');
    last.push(line);
    if (last.length > linesKept) last.shift();
    if (words.length === 0) said = line;
    if (line === 'dropped') problem += `${path}: events were dropped. `;
    if (words.some((word) => word.startsWith('rel_'))) motions += 1;
    for (const word of words) takeKey(word.slice(0, -1), word.at(-1), Number(time));
  }

  function takeKey(key: string, sign: string | undefined, at: number): void {
    if (sign === '+') {
      if (down.has(key)) problem += `${path}: ${key} went down twice. `;
      presses.push({ key, at });
      down.add(key);
    } else if (sign === '-') {
      releases.push(key);
      down.delete(key);
    }
  }

  const session = lab.sessions.start(
    { command: [listener, path, '--times', ...options], env: {} },
    {
      stdout(chunk) {
        const lines = (partial + chunk.toString()).split('\n');
        partial = lines.pop() ?? '';
        for (const line of lines) take(line);
      },
      stderr: (chunk) => (problem += chunk.toString()),
    },
  );
  const ended = session.ended.then(() => down.clear());
  const ready = options.includes('--grab') ? 'grabbed' : 'listening';
  const check = () => {
    if (problem !== '') throw new LabFailure(problem);
  };
  await eventually(
    () => (check(), said === ready),
    () => `${path}: ${said} in place of ${ready}`,
  );

  return {
    get presses() {
      check();
      return presses;
    },
    releases,
    down,
    last,
    get motions() {
      return motions;
    },
    ended,
    async stop() {
      session.stop();
      await ended;
    },
  };
}

/** Waits for what the witnesses are to see. */
export async function eventually(isTrue: () => boolean, otherwise: () => string): Promise<void> {
  if (!(await comesTrue(isTrue, patienceMs))) throw new LabFailure(otherwise());
}

/** Whether it comes true within the time. */
export async function comesTrue(isTrue: () => boolean, withinMs: number): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!isTrue()) {
    if (Date.now() > end) return false;
    await setTimeout(pauseMs);
  }
  return true;
}

/** An emulated machine on a busy host is slow; what has not come by then will not. */
export const patienceMs = 180_000;
const pauseMs = 2;
/** What a failure shows. */
const linesKept = 40;
