/** Bringing home, while nobody can be asked for domains, what is known to be at home. */
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { createWorld, panicAll, seatWith, type World } from './world.ts';

const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');

function start() {
  const world = createWorld();
  const desk = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
  return { world, seats: createSeats({ seats: [desk] }, world.effects, () => {}) };
}

function failWhere(world: World, isAway: (call: string) => boolean): void {
  world.fail = (call) => {
    if (isAway(call)) throw away;
  };
}

const libvirt = (call: string) => call !== 'readMachine';

test('a seat whose every device was with the host when libvirt was last read is there', async () => {
  const { world, seats } = start();
  await seats.refresh();
  failWhere(world, libvirt);
  await expect(seats.give('desk', 'win10')).rejects.toBe(away);
  await seats.give('desk', 'host');
  await panicAll(seats);
  expect(seats.view()).toMatchObject({ seats: [{ owner: 'host', moving: false }], problem: away });
});

test('where libvirt was never read, a domain may have anything', async () => {
  const { world, seats } = start();
  failWhere(world, libvirt);
  for (const attempt of [1, 2]) {
    await expect(seats.give('desk', 'host'), `attempt ${attempt}`).rejects.toBe(away);
  }
});

test('what a domain was given may be there, if libvirt was not read since', async () => {
  const { world, seats } = start();
  let isGiven = false;
  failWhere(world, (call) => {
    isGiven ||= call === 'attach win10 1-2';
    return isGiven && call === 'readDomains';
  });
  await seats.give('desk', 'win10');
  expect(world.holder('1-1')).toBe('win10');
  await expect(seats.give('desk', 'host')).rejects.toBe(away);
  failWhere(world, () => false);
  await seats.give('desk', 'host');
  expect(world.holder('1-1')).toBe('host');
});

test('a machine that cannot be read is told, whoever had the seat', async () => {
  const { world, seats } = start();
  await seats.refresh();
  world.fail = (call) => {
    if (call === 'readMachine') throw new Error('no');
  };
  seats.notice();
  await expect(seats.give('desk', 'host')).rejects.toMatchObject({ code: 'internal' });
});
