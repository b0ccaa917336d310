import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hasStalled, watchStalls } from '../../src/daemon/stall.ts';
import { filesUnder } from '../../src/host/files.ts';
import { manualClock } from '../host/clocks.ts';

type Looks = Parameters<typeof hasStalled>[0];

/** Looks a second apart at one process, by the events and the sleeps that were counted at each. */
function looks(events: number[], sleeps: number[], ...stopped: number[]): Looks {
  return events.map((count, index) => ({
    pid: 41,
    events: count,
    sleeps: sleeps[index] ?? 0,
    stopped: stopped.includes(index),
  }));
}

test.each<{ seen: Looks; stalled: boolean; reason: string }>([
  { seen: [], stalled: false, reason: 'nobody has looked' },
  { seen: looks([1], [1], 0), stalled: false, reason: 'one look says nothing' },
  {
    seen: looks([1, 9, 9, 9, 9], [5, 6, 6, 6, 6]),
    stalled: true,
    reason: 'it has not slept for 3 s since something was sent',
  },
  {
    seen: looks([1, 9, 20, 30, 40], [5, 5, 5, 5, 5]),
    stalled: true,
    reason: 'more is sent all the time, and it does not sleep',
  },
  { seen: looks([1, 9, 9, 9], [5, 5, 5, 5]), stalled: false, reason: '2 s are too few' },
  {
    seen: looks([9, 9, 9, 9, 9], [5, 5, 5, 5, 5]),
    stalled: false,
    reason: 'nothing was sent, so it need not wake up',
  },
  {
    seen: looks([9, 9, 9, 9, 20], [5, 5, 5, 5, 5]),
    stalled: false,
    reason: 'something was sent only now',
  },
  { seen: looks([1, 9, 9, 9, 9], [5, 5, 5, 5, 6]), stalled: false, reason: 'it has slept since' },
  { seen: looks([9, 9], [5, 5], 0, 1), stalled: true, reason: 'it is stopped' },
  { seen: looks([9, 9, 9], [5, 5, 5], 1), stalled: false, reason: 'it was stopped for a moment' },
  {
    seen: looks([9, 9], [5, 5], 0, 1).map((look, index) => ({ ...look, pid: index })),
    stalled: false,
    reason: 'it is another process now',
  },
])('a domain has stalled: $stalled, when $reason', ({ seen, stalled }) => {
  expect(hasStalled(seen)).toBe(stalled);
});

/** Watches the seats of win10, whose QEMU is process 41; each `second` is the next look, at the latest. */
async function start(...seats: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-stall-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'proc/41'), { recursive: true });
  const clock = manualClock();
  const host = { ...filesUnder(folder, () => {}), ...clock };
  const stalls: string[] = [];
  const qemu = { owner: 'win10', events: 0, sleeps: 0, state: 'S (sleeping)' };
  const ending = new AbortController();
  const input = {
    ownerOf: () => qemu.owner,
    sentTo: (target: string) => ({
      pid: target === 'win10' ? 41 : null,
      events: target === 'win10' ? qemu.events : 0,
    }),
  };
  let ended: Promise<void> | undefined;
  async function second(changes: Partial<typeof qemu> = {}) {
    Object.assign(qemu, changes);
    const status = [
      'Name:\tqemu-system-x86',
      `State:\t${qemu.state}`,
      `voluntary_ctxt_switches:\t${qemu.sleeps}`,
      'nonvoluntary_ctxt_switches:\t7',
    ];
    if (qemu.state === '') await rm(join(folder, 'proc/41'), { recursive: true, force: true });
    else await writeFile(join(folder, 'proc/41/status'), `${status.join('\n')}\n`);
    const stalled = (seat: string) => void stalls.push(seat);
    if (ended === undefined) ended = watchStalls(host, input, seats, stalled, ending.signal);
    else clock.advance(2000);
    await clock.awaited(1);
    return stalls.splice(0);
  }
  const end = async () => {
    ending.abort();
    await ended;
  };
  return { second, end };
}

test('a domain that takes what it is sent is left alone', async () => {
  const { second, end } = await start('desk');
  for (const count of [1, 2, 3, 4, 5, 6]) {
    expect(await second({ events: count * 100, sleeps: count })).toEqual([]);
  }
  await end();
});

test('a domain that does not wake up loses each of its seats, once', async () => {
  const { second, end } = await start('desk', 'sofa');
  expect(await second()).toEqual([]);
  for (const events of [9, 9, 9]) expect(await second({ events })).toEqual([]);
  expect(await second()).toEqual(['desk', 'sofa']);
  expect(await second()).toEqual([]);
  await end();
});

test.each(['T (stopped)', 't (tracing stop)'])(
  'a QEMU that is %s loses its seat',
  async (state) => {
    const { second, end } = await start('desk');
    expect(await second({ state })).toEqual([]);
    expect(await second()).toEqual(['desk']);
    await end();
  },
);

test('a seat that is with the host, or whose domain has ended, is looked at for nothing', async () => {
  const { second, end } = await start('desk');
  await second({ state: 'T (stopped)' });
  expect(await second({ owner: 'host' })).toEqual([]);
  expect(await second({ owner: 'win10' })).toEqual([]);
  expect(await second({ state: '' })).toEqual([]);
  await end();
});
