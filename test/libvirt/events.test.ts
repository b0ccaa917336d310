import { PassThrough } from 'node:stream';
import { expect, test, vi } from 'vitest';
import type { Follow } from '../../src/host/ports.ts';
import { followEvents } from '../../src/libvirt/events.ts';
import { manualClock } from '../host/clocks.ts';
import { golden } from './golden.ts';

/** A virsh of which a test gives each line, and the end. */
function followed() {
  const runs: { args: readonly string[]; lines: PassThrough }[] = [];
  const follow: Follow['follow'] = async function* (_, args, signal) {
    const lines = new PassThrough({ objectMode: true });
    runs.push({ args, lines });
    signal.addEventListener('abort', () => lines.end());
    yield* lines as AsyncIterable<string>;
  };
  return { follow, runs };
}

/** Starts following; `changed` counts the calls. */
function start() {
  const { follow, runs } = followed();
  const clock = manualClock();
  const changed = vi.fn<() => void>();
  const ending = new AbortController();
  const ended = followEvents({ ...clock, follow }, 'qemu:///system', changed, ending.signal);
  return { runs, clock, changed, ending, ended };
}

const called = (mock: ReturnType<typeof vi.fn>, times: number) =>
  vi.waitFor(() => expect(mock).toHaveBeenCalledTimes(times), { timeout: 60_000 });

test('every event of a real libvirt is told, and the connection', async () => {
  const { runs, changed, ending, ended } = start();
  expect(runs[0]?.args.join(' ')).toBe('--quiet --connect qemu:///system uri; event --all --loop');
  const lines = ['qemu:///system', ...(await golden('events.txt')).split('\n')];
  for (const line of lines) runs[0]?.lines.write(line);
  await called(changed, 1 + lines.filter((line) => line !== '').length);
  ending.abort();
  await ended;
});

test('what happens while virsh subscribes is seen by one look more', async () => {
  const { runs, clock, changed, ending, ended } = start();
  await called(changed, 1);
  runs[0]?.lines.write('qemu:///system');
  await called(changed, 2);
  await clock.awaited(1);
  runs[0]?.lines.write("event 'lifecycle' for domain 'win10': Started Booted");
  await called(changed, 3);
  clock.advance(1000);
  await called(changed, 4);
  ending.abort();
  await ended;
});

test.each([new Error('error: client socket is closed'), new Error('virsh ended')])(
  'virsh is started again after 2 s when it has ended, %s, and what was missed is told',
  async (error) => {
    const { runs, clock, changed, ending, ended } = start();
    await called(changed, 1);
    runs[0]?.lines.destroy(error);
    await clock.awaited(1);
    clock.advance(1999);
    expect(runs).toHaveLength(1);
    clock.advance(1);
    await called(changed, 2);
    runs[1]?.lines.write('qemu:///system');
    await called(changed, 3);
    ending.abort();
    await ended;
    expect(runs).toHaveLength(2);
  },
);

test('a libvirt that stays away is asked again and again, ever more seldom', async () => {
  const { runs, clock, changed, ending, ended } = start();
  const pausesMs = [2000, 4000, 8000, 16_000, 30_000, 30_000];
  for (const [attempt, pauseMs] of pausesMs.entries()) {
    await vi.waitUntil(() => runs.length === attempt + 1);
    runs.at(-1)?.lines.destroy(new Error('error: failed to connect to the hypervisor'));
    await clock.awaited(1);
    clock.advance(pauseMs - 1);
    await clock.awaited(1);
    expect(runs).toHaveLength(attempt + 1);
    clock.advance(1);
  }
  await vi.waitUntil(() => runs.length === pausesMs.length + 1);
  await called(changed, pausesMs.length + 1);
  ending.abort();
  await ended;
});

test('it ends while it waits to start again', async () => {
  const { runs, clock, ending, ended } = start();
  runs[0]?.lines.end();
  await clock.awaited(1);
  ending.abort();
  await ended;
  expect(runs).toHaveLength(1);
});

test('nothing is started once it is to end', async () => {
  const { follow, runs } = followed();
  const changed = vi.fn<() => void>();
  await followEvents({ ...manualClock(), follow }, 'qemu:///system', changed, AbortSignal.abort());
  expect(runs).toEqual([]);
  expect(changed).not.toHaveBeenCalled();
});
