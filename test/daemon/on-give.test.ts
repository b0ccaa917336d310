import { expect, test, vi } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { runOnGive } from '../../src/daemon/on-give.ts';
import { createProblems } from '../../src/daemon/problems.ts';
import type { RunResult } from '../../src/host/ports.ts';

const done: RunResult = { stdout: '', stderr: '', exitCode: 0, timedOut: false };

function entry(seat: string, to: string, ...run: string[]): Config['onGive'][number] {
  return { seat, to, run, timeoutMs: 10_000 };
}

function start(...onGive: Config['onGive']) {
  const ran: string[] = [];
  const control = { answer: async (_program: string): Promise<RunResult> => done };
  const problems = createProblems(
    () => {},
    () => {},
  );
  const look = runOnGive(
    {
      run(command, args, { timeoutMs = 0 } = {}) {
        ran.push([command, ...args, timeoutMs].join(' '));
        return control.answer(command);
      },
    },
    { onGive },
    problems,
  );
  /** Shows who has what: `see({ desk: 'win10' })`. */
  const see = (owners: Record<string, string>) =>
    look({
      seats: Object.entries(owners).map(([name, owner]) => ({
        name,
        owner,
        domains: [],
        devices: [],
        moving: false,
        move: null,
        repair: null,
      })),
      domains: [],
      problem: null,
      unrepaired: [],
    });
  /** Holds every program until the returned function is called. */
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<RunResult>();
    control.answer = () => promise;
    return () => resolve(done);
  };
  const whats = () => problems.list().map(({ what }) => what);
  return { control, ran, see, hold, whats, problems };
}

const settled = (condition: () => boolean) =>
  vi.waitUntil(condition, { interval: 1, timeout: 60_000 });

test('who has a seat at the start was not given it', async () => {
  const { see, ran } = start(entry('desk', 'win10', 'monitor'));
  see({ desk: 'win10' });
  see({ desk: 'win10' });
  await Promise.resolve();
  expect(ran).toEqual([]);
});

test('a new owner has its programs run, with their time, one after the other', async () => {
  const { see, ran, hold } = start(
    entry('desk', 'win10', 'monitor', 'input', '2'),
    entry('desk', 'host', 'monitor', 'input', '1'),
    entry('sofa', 'win10', 'lamp'),
    { ...entry('desk', 'win10', 'light'), timeoutMs: 2000 },
  );
  see({ desk: 'host', sofa: 'host' });
  const release = hold();
  see({ desk: 'win10', sofa: 'host' });
  await settled(() => ran.length === 1);
  see({ desk: 'win10', sofa: 'host' });
  expect(ran).toEqual(['monitor input 2 10000']);
  release();
  await settled(() => ran.length === 2);
  expect(ran[1]).toBe('light 2000');
});

test('of owners that follow each other while programs run only the last counts', async () => {
  const { see, ran, hold } = start(
    entry('desk', 'win10', 'to-win10'),
    entry('desk', 'linux', 'to-linux'),
    entry('desk', 'host', 'to-host'),
  );
  see({ desk: 'host' });
  const release = hold();
  see({ desk: 'win10' });
  await settled(() => ran.length === 1);
  see({ desk: 'linux' });
  see({ desk: 'host' });
  release();
  await settled(() => ran.length === 2);
  expect(ran).toEqual(['to-win10 10000', 'to-host 10000']);
});

test('the programs of one seat do not wait for those of another', async () => {
  const { see, ran, hold } = start(entry('desk', 'win10', 'a'), entry('sofa', 'win10', 'b'));
  see({ desk: 'host', sofa: 'host' });
  const release = hold();
  see({ desk: 'win10', sofa: 'win10' });
  await settled(() => ran.length === 2);
  release();
});

test.each<{ answer: () => Promise<RunResult>; story: string }>([
  {
    answer: async () => ({ ...done, exitCode: null, timedOut: true }),
    story: 'it took longer than 10 s',
  },
  { answer: async () => ({ ...done, exitCode: 3 }), story: 'it ended with 3' },
  { answer: async () => ({ ...done, exitCode: null }), story: 'it ended with a signal' },
  {
    answer: async () => ({ ...done, exitCode: 1, stderr: 'Trying.\nNo display found.\n' }),
    story: 'No display found',
  },
  {
    answer: () => Promise.reject(new Error('spawn monitor ENOENT')),
    story: 'spawn monitor ENOENT',
  },
])('a program that fails is a problem: $story', async ({ answer, story }) => {
  const { see, control, problems, whats } = start(entry('desk', 'win10', 'monitor', 'input', '2'));
  control.answer = answer;
  see({ desk: 'host' });
  see({ desk: 'win10' });
  await settled(() => whats().length > 0);
  expect(problems.list()).toMatchObject([
    {
      code: 'handoff-failed',
      what: `\`monitor input 2\` failed when "desk" went to "win10": ${story}.`,
    },
  ]);
});

test('a program that fails keeps the next from nothing, and its problem goes with the next move', async () => {
  const { see, control, ran, whats } = start(
    entry('desk', 'win10', 'fails'),
    entry('desk', 'win10', 'works'),
  );
  control.answer = async (program) => ({ ...done, exitCode: program === 'fails' ? 1 : 0 });
  see({ desk: 'host' });
  see({ desk: 'win10' });
  await settled(() => whats().length === 1);
  expect(ran).toEqual(['fails 10000', 'works 10000']);
  see({ desk: 'host' });
  await settled(() => whats().length === 0);
});
