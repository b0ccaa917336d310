import { expect, test } from 'vitest';
import { watchMachine } from '../../src/daemon/machine.ts';
import type { HandglassError } from '../../src/errors.ts';
import { manualClock } from '../host/clocks.ts';

const fine = { verdict: 'ok', about: '', explanation: 'It is.', remedy: null, advice: '' };
const wrong = {
  verdict: 'problem',
  about: 'kvm',
  explanation: 'It is off.',
  remedy: 'turn it on',
  advice: 'Start anew.',
};

/** A doctor that says these in turn, each a report's findings. */
function start(...says: readonly (readonly object[] | null)[]) {
  const clock = manualClock();
  const stopping = new AbortController();
  const commands: string[] = [];
  const told: (readonly HandglassError[])[] = [];
  const host = {
    ...clock,
    async *follow(command: string, args: readonly string[]) {
      const results = says[commands.length];
      commands.push([command, ...args].join(' '));
      if (!results) throw new Error('handglass: it has no memory');
      yield JSON.stringify({ subjects: [{ results: [fine] }, { results }] });
      throw new Error('nobody reads to the end');
    },
  };
  const done = watchMachine(
    host,
    ['node', 'handglass.js'],
    (errors) => told.push(errors),
    stopping.signal,
  );
  return { clock, commands, done, stopping, told };
}

test('a machine that is fine is looked at once, with the time that others leave', async () => {
  const { commands, done, told } = start([fine]);
  await done;
  expect(commands).toEqual(['nice -n 19 node handglass.js doctor --quick --json']);
  expect(told).toEqual([[]]);
});

test('a problem is told with what to do, and looked for every five minutes until it is gone', async () => {
  const { clock, commands, done, told } = start([wrong], [wrong], [fine]);
  for (const count of [1, 2]) {
    await clock.awaited(1);
    clock.advance(299_999);
    expect(commands).toHaveLength(count);
    clock.advance(1);
  }
  await done;
  expect(told).toMatchObject([
    [{ code: 'host-unfit', what: 'kvm: It is off.', remedy: '`turn it on` mends it. Start anew.' }],
    [{ what: 'kvm: It is off.' }],
    [],
  ]);
});

test('once the service ends nothing is looked at any more', async () => {
  const { clock, commands, done, stopping } = start([wrong]);
  await clock.awaited(1);
  stopping.abort();
  await done;
  expect(commands).toHaveLength(1);
});

test('what keeps it from looking is said', async () => {
  await expect(start(null).done).rejects.toThrow('it has no memory');
});
