/** What seats do by themselves when devices come and go. */
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { noUses } from '../usb/devices.ts';
import { desk, headset, start, typed } from './looked-at.ts';
import { seatWith, seatWithKeyboard } from './world.ts';

test('a device that is pulled out leaves no phantom, and goes back when it is plugged in', async () => {
  const { world, seats, stories, look, shown } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  expect(world.calls).toContain('detach win10 ua-handglass-1-1');
  expect(shown()).toMatchObject({ owner: 'win10', devices: [{ with: null }, { with: 'win10' }] });
  world.plug('1-1');
  await look();
  expect(world.holder('1-1')).toBe('win10');
  expect(world.calls.indexOf('wait 1-1')).toBeLessThan(world.calls.lastIndexOf('attach win10 1-1'));
  expect(stories).toEqual([
    'desk: win10 has let go of what was pulled out',
    'desk: QEMU MOUSE (port 1-1) was plugged in and is with win10',
  ]);
});

test('a device that one reading has missed stays, and is seen by the next', async () => {
  const { world, seats, stories, look, shown, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  const plugged = world.usb;
  world.usb = plugged.filter(({ port }) => port !== '1-1');
  world.fail = async (call) => {
    if (call !== 'readDomains') return;
    // The machine has been read by then.
    await setImmediate();
    world.usb = plugged;
  };
  await look();
  await vi.waitFor(() => expect(count('readMachine')).toBe(2));
  await vi.waitFor(() =>
    expect(shown()).toMatchObject({ devices: [{ with: 'win10' }, { with: 'win10' }] }),
  );
  expect(world.calls).not.toContain('detach win10 ua-handglass-1-1');
  expect(stories).toEqual([]);
});

test('that another program has taken all back from the domain is told', async () => {
  const { world, seats, stories, look, shown } = await start(desk);
  await seats.give('desk', 'win10');
  world.lose('win10');
  await look();
  expect(shown()?.owner).toBe('host');
  expect(stories).toEqual(['desk: win10 has none of its devices any more, by another program']);
});

test.each([
  { seat: desk, name: 'without a keyboard' },
  { seat: typed, name: 'with one' },
])(
  'that what could not be brought home has come after all is told, of a seat $name',
  async (row) => {
    const { world, seats, stories, look, shown } = await start(row.seat);
    await seats.give('desk', 'win10');
    world.fail = (call) => {
      if (call.startsWith('detach '))
        throw new HandglassError('libvirt-unavailable', 'It is away.');
    };
    await expect(seats.give('desk', 'host')).rejects.toMatchObject({ code: 'libvirt-unavailable' });
    await look();
    expect(shown()?.owner).toBe('win10');
    world.lose('win10');
    await look();
    expect(shown()?.owner).toBe('host');
    expect(stories).toEqual(['desk: win10 has let go of all that was to come home']);
  },
);

test('a device that is in use when it comes goes once it is not', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-2');
  await look();
  world.plug('1-2');
  const disks = new Map([['1-2', [{ kind: 'mounted' as const, node: 'sda1', places: ['/mnt'] }]]]);
  world.uses = { ...noUses, disks };
  world.refusals = [
    { subject: 'QEMU STICK', reason: 'sda1 is mounted on /mnt', remedy: 'Say so.' },
  ];
  await look();
  expect(problems()).toEqual([expect.stringContaining('mounted on /mnt')]);
  world.uses = noUses;
  world.refusals = [];
  await look();
  expect([world.holder('1-2'), ...problems()]).toEqual(['win10']);
});

test('a device that was plugged in anew while no service ran goes back, and one that was here stays', async () => {
  const { world, seats } = await start(headset);
  await seats.give('desk', 'win10');
  world.replug('1-1');
  const next = createSeats({ seats: [desk] }, world.effects, () => {});
  await next.refresh();
  await setImmediate();
  expect(world.holder('1-1')).toBe('host');
  expect(next.view().seats[0]?.owner).toBe('host');

  await next.give('desk', 'win10');
  world.replug('1-1');
  const last = createSeats({ seats: [desk] }, world.effects, () => {});
  await last.refresh();
  await setImmediate();
  expect(world.holder('1-1')).toBe('win10');
});

test('a device that was plugged in anew between two looks goes back too', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  world.replug('1-1');
  await look();
  expect(world.holder('1-1')).toBe('win10');
});

test('a seat stays with its domain while its only device is pulled out', async () => {
  const { world, seats, look, shown } = await start(headset);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  expect(shown()?.owner).toBe('win10');
  world.plug('1-1');
  await look();
  expect(world.holder('1-1')).toBe('win10');
});

test('a seat that is taken back while its only device is pulled out keeps it on the host', async () => {
  const { world, seats, look, shown } = await start(headset);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  expect(await seats.toggle('desk')).toBe('host');
  world.plug('1-1');
  await look();
  expect(shown()?.owner).toBe('host');
  expect(world.holder('1-1')).toBe('host');
});

test('a seat that is kept is still with its domain for who may not take it', async () => {
  const { world, seats, look, shown } = await start(headset);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  const refused = seats.give('desk', 'host', {
    check({ owner }) {
      throw new HandglassError('not-permitted', `It is with ${owner}.`);
    },
  });
  await expect(refused).rejects.toMatchObject({ what: 'It is with win10.' });
  expect(shown()?.owner).toBe('win10');
});

test('a device that was not there when its seat was given follows', async () => {
  const { world, seats, look } = await start(seatWithKeyboard('desk', ['win10'], 'STICK'));
  world.unplug('1-2');
  await seats.give('desk', 'win10');
  world.plug('1-2');
  await look();
  expect(world.holder('1-2')).toBe('win10');
});

test('a device that was detached by hand is left alone', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  await world.effects.takeUsb('win10', seatWith('desk', ['win10'], 'STICK'), null);
  await look();
  expect([world.holder('1-1'), world.holder('1-2')]).toEqual(['win10', 'host']);
});

test('a device that comes to a seat of the host stays there', async () => {
  const { world, look, count } = await start(desk);
  world.replug('1-1');
  await look();
  expect(count('attach win10 1-1')).toBe(0);
});

test('what is known of the domain is not asked again for what comes and goes', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  world.replug('1-1');
  await look();
  expect(world.holder('1-1')).toBe('win10');
  expect(count('attached win10')).toBe(0);
});

test('what is plugged in there instead by the time that it can be used stays', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-2');
  await look();
  const [pad] = world.usb.filter(({ port }) => port === '1-3');
  world.fail = (call) => {
    if (call !== 'wait 1-2' || pad === undefined) return;
    world.usb = [...world.usb.filter(({ port }) => port === '1-1'), { ...pad, port: '1-2' }];
  };
  world.plug('1-2');
  await look();
  expect(world.holder('1-2')).toBe('host');
});

test('a device that no seat names any more comes home', async () => {
  const { world, seats } = await start(desk);
  await seats.give('desk', 'win10');
  const stories: string[] = [];
  const sofa = seatWith('sofa', ['win10']);
  const anew = createSeats({ seats: [headset, sofa] }, world.effects, () => {}, {
    repaired: (seat, story) => stories.push(`${seat}: ${story}`),
  });
  await anew.refresh();
  await setImmediate();
  expect([world.holder('1-1'), world.holder('1-2')]).toEqual(['win10', 'host']);
  expect(stories).toEqual([
    'desk: QEMU STICK (port 1-2), which no seat of win10 names, has come back from it',
  ]);
});

test('so does what a domain has that is no longer one of its seats', async () => {
  const { world, seats } = await start(desk);
  await seats.give('desk', 'win10');
  const sofa = seatWith('sofa', ['win11'], 'STICK');
  const anew = createSeats(
    { seats: [{ ...headset, domains: ['win11'] }, sofa] },
    world.effects,
    () => {},
  );
  await anew.refresh();
  await setImmediate();
  expect([world.holder('1-1'), world.holder('1-2')]).toEqual(['host', 'host']);
});
