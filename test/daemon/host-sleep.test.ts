import { expect, test } from 'vitest';
import { createHostSleep } from '../../src/daemon/host-sleep.ts';

function start() {
  const owners = { desk: 'win10', sofa: 'win11', loft: 'win10', den: 'host' };
  const wishes: string[] = [];
  const sleep = createHostSleep(
    [
      { name: 'desk', onSuspend: 'host' },
      { name: 'sofa', onSuspend: 'stay' },
      { name: 'loft', onSuspend: 'host' },
      { name: 'den', onSuspend: 'host' },
    ],
    {
      view: () => ({
        seats: Object.entries(owners).map(([name, owner]) => ({
          name,
          owner,
          domains: ['win10', 'win11'],
          devices: [],
          moving: false,
          move: null,
          repair: null,
        })),
        domains: [],
        problem: null,
        unrepaired: [],
      }),
    },
    {
      async wished({ seat, from, to, why }) {
        wishes.push(`${seat}: ${from} to ${to}, ${why}`);
        Object.assign(owners, { [seat]: to });
      },
    },
  );
  return { sleep, wishes };
}

test('seats come back before the host sleeps and go again after it, those that are to', async () => {
  const { sleep, wishes } = start();
  await sleep.suspend();
  expect(wishes.splice(0)).toEqual([
    'desk: win10 to host, the host goes to sleep',
    'loft: win10 to host, the host goes to sleep',
  ]);
  await sleep.resume();
  expect(wishes.splice(0)).toEqual([
    'desk: host to win10, the host is awake again',
    'loft: host to win10, the host is awake again',
  ]);
  await sleep.resume();
  expect(wishes).toEqual([]);
});
