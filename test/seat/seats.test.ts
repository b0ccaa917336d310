import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { desk, sofa, start } from './held-calls.ts';
import { createWorld, panicAll, seatWith } from './world.ts';

test('before the first reading every seat is with the host and has no device', () => {
  const { seats, changed } = start();
  expect(seats.view()).toMatchObject({
    seats: [
      { name: 'desk', owner: 'host', moving: false },
      { name: 'sofa', owner: 'host', moving: false },
    ],
    domains: [],
    problem: null,
  });
  expect(changed).not.toHaveBeenCalled();
});

test('a seat goes to a domain, on to another one, and back', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  expect(shown()).toMatchObject({ owner: 'win10', moving: false });
  expect([world.holder('1-1'), world.holder('1-2'), world.holder('1-3')]).toEqual([
    'win10',
    'win10',
    'host',
  ]);
  await seats.give('desk', 'win11');
  expect(shown()?.owner).toBe('win11');
  expect(world.holder('1-1')).toBe('win11');
  await seats.give('desk', 'host');
  expect(shown()?.owner).toBe('host');
  expect(world.holder('1-1')).toBe('host');
});

test('what is found at the start is adopted', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  const next = createSeats({ seats: [desk, sofa] }, world.effects, () => {});
  await next.refresh();
  expect(next.view().seats[0]).toEqual({ ...shown(), move: null });
});

test('a toggle goes to the first domain, or to the one that is named, and back', async () => {
  const { seats, shown } = start();
  await seats.refresh();
  expect(await seats.toggle('desk')).toBe('win10');
  expect(shown()?.owner).toBe('win10');
  expect(await seats.toggle('desk')).toBe('host');
  expect(shown()?.owner).toBe('host');
  expect(await seats.toggle('desk', 'win11')).toBe('win11');
  expect(shown()?.owner).toBe('win11');
  expect(await seats.toggle('desk', 'win10')).toBe('host');
});

test.each([
  {
    seat: 'loft',
    to: 'host',
    code: 'seat-unknown',
    message: 'There is no seat "loft". Name one of: desk, sofa.',
  },
  {
    seat: 'sofa',
    to: 'win10',
    code: 'target-unknown',
    message: 'The seat "sofa" cannot go to "win10". Its targets are: host, win11.',
  },
])('giving $seat to $to is refused at once as $code', async ({ seat, to, code, message }) => {
  const { world, seats, changed } = start();
  await expect(seats.give(seat, to)).rejects.toMatchObject({ code, message });
  expect(world.calls).toEqual([]);
  expect(changed).not.toHaveBeenCalled();
});

test('without seats every name is unknown', async () => {
  const seats = createSeats({ seats: [] }, createWorld().effects, () => {});
  for (const moving of [seats.give('desk', 'host'), seats.toggle('desk')]) {
    await expect(moving).rejects.toMatchObject({
      code: 'seat-unknown',
      message: 'There is no seat "desk". Add a [[seat]] to the configuration.',
    });
  }
  await panicAll(seats);
});

test('a domain that does not run gets nothing', async () => {
  const { world, seats, shown } = start();
  world.setState('win10', 'shut off');
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({
    code: 'domain-not-running',
    message: 'The domain "win10" is not running (shut off). Start it: `virsh start win10`.',
  });
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
  expect(world.calls.some((call) => call.startsWith('attach '))).toBe(false);
});

test('a domain of another source is started in its own way', async () => {
  const { world, seats } = start();
  const win10 = { name: 'win10', state: 'shut off', start: 'Run its script.' } as const;
  world.effects.readDomains = async () => ({
    domains: [win10],
    attached: new Map(),
    drives: new Map(),
    stale: new Set(),
    processes: new Map(),
    younger: new Set(),
    ports: new Map(),
  });
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({
    message: 'The domain "win10" is not running (shut off). Run its script.',
  });
});

test('a domain that libvirt does not know gets nothing', async () => {
  const { seats } = start(seatWith('desk', ['winXP'], 'MOUSE'));
  await expect(seats.give('desk', 'winXP')).rejects.toMatchObject({
    code: 'domain-unknown',
    message:
      'There is no domain "winXP". Correct its name in the configuration: `virsh list --all` shows all that libvirt has, and a QEMU without libvirt needs a [[qemu]] of this name.',
  });
});

test('a domain that does not run takes nothing from the one that has the seat', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  world.setState('win11', 'crashed');
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject({ code: 'domain-not-running' });
  expect(shown()?.owner).toBe('win10');
});

test('a seat of which anything is refused stays with whoever has it', async () => {
  const { world, seats, shown } = start();
  const refused = { code: 'device-refused', what: 'The USB devices cannot go to win11. Hub: no.' };
  await seats.give('desk', 'win10');
  world.refusals = [{ subject: 'Hub', reason: 'no', remedy: 'Do without.' }];
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject(refused);
  expect(shown()).toMatchObject({ owner: 'win10', moving: false });
  world.refusals = [];
  await seats.give('desk', 'win11');
  expect(shown()).toMatchObject({ owner: 'win11', moving: false });
});

test('when the domain that has a seat stops, the seat is with the host again', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  world.setState('win10', 'shut off');
  await seats.refresh();
  expect(shown()?.owner).toBe('host');
  expect(seats.view().domains).toContainEqual({ name: 'win10', state: 'shut off' });
});

test('a check sees the seat as it is when the move begins, and can refuse it', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  world.setState('win10', 'shut off');
  world.setState('win10', 'running');
  const owners: string[] = [];
  const refusal = new HandglassError('not-permitted', 'Not yours.');
  const check = ({ owner }: { owner: string }) => {
    owners.push(owner);
    throw refusal;
  };
  await expect(seats.give('desk', 'win11', { check })).rejects.toBe(refusal);
  await expect(seats.toggle('desk', undefined, { check })).rejects.toBe(refusal);
  expect(owners).toEqual(['host', 'host']);
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
});

test('devices come back from every domain, whatever fails in one', async () => {
  const world = createWorld();
  const two = [seatWith('desk', ['win10'], 'MOUSE', 'STICK'), seatWith('other', ['win11'], 'PAD')];
  const other = createSeats({ seats: two }, world.effects, () => {});
  await other.give('desk', 'win10');
  await other.give('other', 'win11');
  const all = createSeats(
    { seats: [seatWith('all', ['win10', 'win11'], 'MOUSE', 'STICK', 'PAD')] },
    world.effects,
    () => {},
  );
  world.fail = (call) => {
    if (call === 'detach win10 ua-handglass-1-1') throw new Error('it holds on');
  };
  await expect(all.give('all', 'host')).rejects.toMatchObject({ code: 'handoff-failed' });
  expect(['1-1', '1-2', '1-3'].map(world.holder)).toEqual(['win10', 'host', 'host']);
  await other.give('other', 'win11');
  world.fail = (call) => {
    if (call.startsWith('detach')) throw new Error('it holds on');
  };
  await expect(all.give('all', 'host')).rejects.toMatchObject({
    code: 'handoff-failed',
    what: expect.stringMatching(/from win10.*QEMU MOUSE.*from win11.*QEMU PAD/),
  });
});

test('what does not come back from one domain does not go to another', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call === 'detach win10 ua-handglass-1-1') throw new Error('it holds on');
  };
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject({ code: 'handoff-failed' });
  expect(world.calls.some((call) => call.startsWith('attach win11'))).toBe(false);
  expect(shown()?.owner).toBe('win10');
});
