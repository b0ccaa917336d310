import { expect, test, vi } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { createWorld, panicAll, seatWith, seatWithKeyboard } from './world.ts';

const desk = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
const sofa = seatWith('sofa', ['win11'], 'PAD');

function start(...configured: Seat[]) {
  const world = createWorld();
  const changed = vi.fn<() => void>();
  const seats = createSeats(
    { seats: configured.length > 0 ? configured : [desk, sofa] },
    world.effects,
    changed,
  );
  const shown = (name = 'desk') => seats.view().seats.find((seat) => seat.name === name);
  /** Holds every call of that beginning until the returned function is called. */
  const hold = (beginning: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    world.fail = (call) => (call.startsWith(beginning) ? promise : undefined);
    return resolve;
  };
  /** Resolves when the world has seen such a call. */
  const seen = (call: string) =>
    vi.waitUntil(() => world.calls.includes(call), { interval: 1, timeout: 60_000 });
  return { world, seats, changed, shown, hold, seen };
}

const away = new HandglassError('libvirt-unavailable', 'libvirt cannot be reached.', 'Start it.');

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

test('a seat is moving while its devices move, and the others are not', async () => {
  const { seats, shown, hold, seen, changed } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  expect(shown()?.moving).toBe(true);
  expect(changed).toHaveBeenCalledTimes(1);
  await seen('attach win10 1-1');
  expect(shown('sofa')?.moving).toBe(false);
  release();
  await giving;
  expect(shown()?.moving).toBe(false);
});

test('who asks meanwhile for the same waits for the same handoff; for another it is busy', async () => {
  const { world, seats, hold, seen } = start();
  const release = hold('attach ');
  const first = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const same = seats.give('desk', 'win10');
  const busy = {
    code: 'busy',
    message: 'The seat "desk" is on its way to "win10". Ask again in a moment.',
  };
  await expect(seats.give('desk', 'host')).rejects.toMatchObject(busy);
  await expect(seats.give('desk', 'win11')).rejects.toMatchObject(busy);
  await expect(seats.toggle('desk')).rejects.toMatchObject(busy);
  release();
  await Promise.all([first, same]);
  expect(world.calls.filter((call) => call === 'attach win10 1-1')).toHaveLength(1);
});

test('what completes a move of the input devices follows on the handoff that runs', async () => {
  const { world, seats, shown, hold, seen } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const following = seats.follow('desk', 'host', 'chord');
  const same = seats.follow('desk', 'host', 'chord');
  release();
  await Promise.all([giving, following, same]);
  expect(shown()?.owner).toBe('host');
  expect(world.holder('1-1')).toBe('host');
  expect(world.calls).not.toContain('input desk to host');
});

test('who waits for the same handoff learns of its failure', async () => {
  const { world, seats } = start();
  world.fail = (call) => {
    if (call === 'attach win10 1-2') throw new Error('No free USB ports');
  };
  const outcomes = await Promise.allSettled([
    seats.give('desk', 'win10'),
    seats.give('desk', 'win10'),
  ]);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'handoff-failed' } });
  }
});

test('another seat can move at the same time', async () => {
  const { seats, shown, hold, seen } = start();
  const release = hold('attach win10');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  await seats.give('sofa', 'win11');
  expect(shown('sofa')?.owner).toBe('win11');
  release();
  await giving;
  expect(shown('desk')?.owner).toBe('win10');
});

test('a handoff that fails leaves the seat free for the next', async () => {
  const { world, seats, shown } = start();
  world.fail = (call) => {
    if (call === 'attach win10 1-2') throw new Error('No free USB ports');
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({ code: 'handoff-failed' });
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
  world.fail = () => {};
  await seats.give('desk', 'win10');
  expect(shown()?.owner).toBe('win10');
});

test('a move begins at once where nothing was noticed since the last reading', async () => {
  const { world, seats } = start(desk);
  await seats.refresh();
  for (const [to, first] of [
    ['win10', 'attach win10 1-1'],
    ['host', 'detach win10 ua-handglass-1-1'],
  ] as const) {
    world.calls.length = 0;
    await seats.give('desk', to);
    const asked = world.calls.find((call) => !/^(input|attached) /.test(call));
    expect(asked).toBe(first);
    seats.notice();
    await seats.refresh();
  }
  world.calls.length = 0;
  seats.notice();
  await seats.give('desk', 'win10');
  expect(world.calls[0]).toBe('readMachine');
});

test.each(['shut off', 'paused'] as const)(
  'a start of what was %s need not be noticed',
  async (was) => {
    const { world, seats, shown } = start(desk);
    world.setState('win10', was);
    await seats.refresh();
    world.setState('win10', 'running');
    await seats.give('desk', 'win10');
    expect(shown()?.owner).toBe('win10');
  },
);

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

test('panic brings every seat back', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  await seats.give('sofa', 'win11');
  await panicAll(seats);
  expect([shown('desk')?.owner, shown('sofa')?.owner]).toEqual(['host', 'host']);
  expect([world.holder('1-1'), world.holder('1-2'), world.holder('1-3')]).toEqual([
    'host',
    'host',
    'host',
  ]);
});

test('panic follows directly on the handoff that runs', async () => {
  const { seats, shown, hold, seen } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const panicking = panicAll(seats);
  release();
  await giving;
  expect(shown()).toMatchObject({ owner: 'win10', moving: true });
  await panicking;
  expect(shown()).toMatchObject({ owner: 'host', moving: false });
});

test('panic does not rely on a handoff to the host that is refused', async () => {
  const { seats, shown, hold, seen } = start();
  await seats.give('desk', 'win10');
  const release = hold('readMachine');
  const refused = seats.give('desk', 'host', {
    check() {
      throw new HandglassError('not-permitted', 'Not yours.');
    },
  });
  await seen('readMachine');
  const panicking = panicAll(seats);
  release();
  await expect(refused).rejects.toMatchObject({ code: 'not-permitted' });
  await panicking;
  expect(shown()?.owner).toBe('host');
});

test('from the panic on nobody else is let in', async () => {
  const { seats, shown, hold, seen } = start();
  const release = hold('attach ');
  const giving = seats.give('desk', 'win10');
  await seen('attach win10 1-1');
  const panicking = panicAll(seats);
  const again = giving.then(() => seats.give('desk', 'win10'));
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({
    code: 'busy',
    what: 'The seat "desk" is on its way to "host".',
  });
  release();
  await expect(again).rejects.toMatchObject({ code: 'busy' });
  await panicking;
  expect(shown()?.owner).toBe('host');
});

test('two panics detach each device once', async () => {
  const { world, seats } = start();
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  await Promise.all([panicAll(seats), panicAll(seats)]);
  expect(world.calls.filter((call) => call.startsWith('detach'))).toHaveLength(2);
});

test('panic tries every seat and names each that does not come', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  await seats.give('sofa', 'win11');
  world.fail = (call) => {
    if (call === 'detach win10 ua-handglass-1-2') throw new Error('the guest holds it');
  };
  await expect(panicAll(seats)).rejects.toMatchObject({
    what: expect.stringContaining('QEMU STICK (port 1-2): the guest holds it') as string,
  });
  expect([shown('desk')?.owner, shown('sofa')?.owner]).toEqual(['win10', 'host']);
  expect(world.holder('1-1')).toBe('host');
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

test('while libvirt is away, what it said last is shown, with the problem', async () => {
  const { world, seats, shown, changed } = start();
  await seats.give('desk', 'win10');
  changed.mockClear();
  world.fail = (call) => {
    if (call !== 'readMachine') throw away;
  };
  await seats.refresh();
  expect(seats.view()).toMatchObject({ problem: away, domains: [{}, {}] });
  expect(shown()?.owner).toBe('win10');
  expect(changed).toHaveBeenCalledTimes(1);
  await expect(seats.give('desk', 'host')).rejects.toBe(away);
  await expect(panicAll(seats)).rejects.toBe(away);
  world.fail = () => {};
  await seats.refresh();
  expect(seats.view().problem).toBeNull();
  await seats.give('desk', 'host');
  expect(shown()?.owner).toBe('host');
});

test('a machine that cannot be read is a problem, with the reason', async () => {
  const { world, seats } = start();
  const cause = new Error('EIO: i/o error, read');
  world.fail = () => {
    throw cause;
  };
  await seats.refresh();
  expect(seats.view().problem).toMatchObject({
    code: 'internal',
    message: 'The machine cannot be read: EIO: i/o error, read.',
    cause,
  });
});

test('readings that are asked for together are one that begins after the last', async () => {
  const { world, seats, hold, seen } = start();
  const release = hold('readDomains');
  const first = seats.refresh();
  await seen('readDomains');
  world.usb = world.usb.filter(({ port }) => port !== '1-1');
  const later = [seats.refresh(), seats.refresh(), seats.refresh()];
  release();
  await first;
  expect(seats.view().seats[0]?.devices[0]?.present).toBe(true);
  await Promise.all(later);
  expect(seats.view().seats[0]?.devices[0]?.present).toBe(false);
  const readings = world.calls.filter((call) => call.startsWith('read'));
  expect(readings).toEqual(['readMachine', 'readDomains', 'readMachine', 'readDomains']);
});

test('a reading that brings nothing new is not told', async () => {
  const { world, seats, changed } = start();
  await seats.refresh();
  expect(changed).toHaveBeenCalledTimes(1);
  await seats.refresh();
  expect(changed).toHaveBeenCalledTimes(1);
  world.usb = [];
  await seats.refresh();
  expect(changed).toHaveBeenCalledTimes(2);
});

test('while what one seat has given is read again, another does not go by what was read before', async () => {
  const world = createWorld();
  world.setFreePorts(1);
  const both = [seatWith('a', ['win11'], 'MOUSE'), seatWith('b', ['win11'], 'PAD')];
  const seats = createSeats({ seats: both }, world.effects, () => {});
  await seats.refresh();
  const reading = Promise.withResolvers<void>();
  const attached = Promise.withResolvers<void>();
  world.fail = async (call) => {
    if (call === 'attach win11 1-1') world.setFreePorts(0);
    if (call !== 'readDomains' || !world.calls.includes('attach win11 1-1')) return;
    attached.resolve();
    await reading.promise;
  };
  const first = seats.give('a', 'win11');
  await attached.promise;
  const second = seats.give('b', 'win11');
  reading.resolve();
  await first;
  await expect(second).rejects.toMatchObject({ code: 'device-refused' });
  expect(world.calls).not.toContain('attach win11 1-3');
});

test('nothing is read before devices move, unless something was noticed since', async () => {
  const world = createWorld();
  const seats = createSeats(
    { seats: [seatWith('desk', ['win10'], 'MOUSE')] },
    world.effects,
    () => {},
  );
  await seats.refresh();
  world.calls.length = 0;
  await seats.follow('desk', 'win10', 'chord');
  expect(world.calls[0]).toBe('attach win10 1-1');
  await seats.give('desk', 'host');
  world.calls.length = 0;
  const owners: string[] = [];
  await seats.give('desk', 'win10', { check: ({ owner }) => owners.push(owner) });
  expect(owners).toEqual(['host']);
  expect(world.calls[0]).toBe('attach win10 1-1');
  await seats.give('desk', 'host');
  seats.notice();
  world.calls.length = 0;
  await seats.follow('desk', 'win10', 'chord');
  expect(world.calls.indexOf('readMachine')).toBeLessThan(world.calls.indexOf('attach win10 1-1'));
  expect(world.calls).toContain('readMachine');
});

test('a seat that a domain has stays there when it is asked for again while libvirt is away', async () => {
  const world = createWorld();
  const wishes: unknown[] = [];
  const wished = (wish: unknown) => wishes.push(wish);
  const config = { seats: [seatWithKeyboard('desk', ['win10'], 'MOUSE')] };
  const seats = createSeats(config, world.effects, () => {}, { wished });
  await seats.give('desk', 'win10');
  // The domain reads no keyboard of ours.
  world.sendInput('desk', 'host');
  await seats.refresh();
  world.fail = (call) => {
    if (call === 'readDomains') throw new HandglassError('libvirt-unavailable', 'It is away.');
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({ code: 'libvirt-unavailable' });
  world.fail = () => {};
  await seats.refresh();
  expect(seats.view().seats[0]?.owner).toBe('win10');
  expect(wishes).toEqual([]);
});
