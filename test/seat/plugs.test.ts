/** What seats do by themselves when devices come and go, and domains start, stop and are paused. */
import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { noUses } from '../usb/devices.ts';
import { createWorld, seatWith, seatWithKeyboard } from './world.ts';

const desk = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
const typed = seatWithKeyboard('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
const headset = seatWith('desk', ['win10'], 'MOUSE');

async function start(...configured: Seat[]) {
  const world = createWorld();
  const stories: string[] = [];
  const wishes: string[] = [];
  const seats = createSeats({ seats: configured }, world.effects, () => {}, {
    wished: ({ seat, from, to, why }) => wishes.push(`${seat}: ${from} to ${to}, ${why}`),
    repaired: (seat, story) => stories.push(`${seat}: ${story}`),
  });
  /** Reads, and waits for what follows: nothing in this world takes longer than a promise. */
  const look = async () => {
    await seats.refresh();
    await setImmediate();
  };
  const shown = (name = 'desk') => seats.view().seats.find((seat) => seat.name === name);
  const count = (call: string) => world.calls.filter((each) => each === call).length;
  const problems = () => seats.view().unrepaired.map(({ what }) => what);
  await look();
  world.calls.length = 0;
  return { world, seats, stories, wishes, look, shown, count, problems };
}

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

test.each([
  { seat: typed, name: 'with a keyboard' },
  { seat: desk, name: 'without' },
])('a device that falls to a driver of the host goes to its domain anew, $name', async (row) => {
  const { world, seats, stories, look, count } = await start(row.seat);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  world.fallen.add('1-1');
  await look();
  expect(world.calls.filter((call) => /^(at|de)tach /.test(call))).toEqual([
    'detach win10 ua-handglass-1-1',
    'attach win10 1-1',
  ]);
  expect(stories).toEqual([
    'desk: QEMU MOUSE (port 1-1) had fallen to a driver of the host and is with win10 again',
  ]);
  await look();
  expect(count('attach win10 1-1')).toBe(1);
});

test('one that such a driver does not let go goes to its domain anew once', async () => {
  const { world, seats, look, count } = await start(typed);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  const fall = () => void world.fallen.add('1-1');
  world.fail = (call) => (call.startsWith('attach ') ? fall() : undefined);
  fall();
  for (let looks = 0; looks < 5; looks += 1) await look();
  expect(count('attach win10 1-1')).toBe(1);
  world.fallen.clear();
  await look();
  fall();
  await look();
  expect(count('attach win10 1-1')).toBe(2);
});

test('one that was on its way home does not go back', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call.startsWith('detach ')) throw new HandglassError('handoff-failed', 'QEMU is busy.');
  };
  await expect(seats.give('desk', 'host')).rejects.toMatchObject({ code: 'handoff-failed' });
  world.fallen.add('1-1');
  world.calls.length = 0;
  await look();
  expect([count('attach win10 1-1'), count('look at 1-1')]).toEqual([0, 0]);
});

test('one that its domain does not have any more a moment later stays with the host', async () => {
  const { world, seats, look, count } = await start(typed);
  await seats.give('desk', 'win10');
  world.fallen.add('1-1');
  world.fail = (call) => void (call === 'look at 1-1' && world.lose('win10'));
  world.calls.length = 0;
  await look();
  expect([count('look at 1-1'), count('attach win10 1-1')]).toEqual([1, 0]);
});

test('one that has such a driver for a moment stays', async () => {
  const { world, seats, stories, look, count } = await start(typed);
  await seats.give('desk', 'win10');
  world.fallen.add('1-1');
  world.fail = (call) => void (call === 'look at 1-1' && world.fallen.clear());
  await look();
  expect([count('detach win10 ua-handglass-1-1'), ...stories]).toEqual([0]);
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

test('what is noticed while a device is given is read once it is there', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  const { promise: given, resolve: give } = Promise.withResolvers<void>();
  world.fail = (call) => (call.startsWith('attach ') ? given : undefined);
  world.plug('1-1');
  await look();
  const before = count('readMachine');
  for (const port of ['1-3', '1-2']) {
    world.unplug(port);
    seats.notice();
    await setImmediate();
  }
  expect(count('readMachine')).toBe(before);
  give();
  await setImmediate();
  expect(world.holder('1-1')).toBe('win10');
  expect(world.calls).toContain('detach win10 ua-handglass-1-2');
});

test('so is what is noticed while that is read', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  let isGiven = false;
  world.fail = async (call) => {
    if (call.startsWith('attach ')) isGiven = true;
    if (call !== 'readDomains' || !isGiven) return;
    isGiven = false;
    // The machine has been read by then.
    await setImmediate();
    world.unplug('1-2');
    seats.notice();
  };
  world.plug('1-1');
  await look();
  await vi.waitFor(() => expect(world.calls).toContain('detach win10 ua-handglass-1-2'));
});

test('what is noticed while a device is given is read after a second, should that hang', async () => {
  const { world, seats, look, shown } = await start(desk, seatWith('sofa', ['win11'], 'PAD'));
  await seats.give('sofa', 'win11');
  const later: (() => void)[] = [];
  world.effects.sleep = () => new Promise((resolve) => later.push(resolve));
  world.fail = (call) => (call === 'attach win10 1-1' ? new Promise<void>(() => {}) : undefined);
  void seats.give('desk', 'win10');
  await setImmediate();
  world.replug('1-3');
  for (let notice = 0; notice < 3; notice += 1) seats.notice();
  await setImmediate();
  expect(world.holder('1-3')).toBe('host');
  expect(later).toHaveLength(1);
  later[0]?.();
  await setImmediate();
  expect(world.holder('1-3')).toBe('win11');
  expect(shown()).toMatchObject({ moving: true });
  await look();
});

test('while domains do not answer, what is noticed makes the machine be read', async () => {
  const { world, seats, count } = await start(desk);
  const later: (() => void)[] = [];
  world.effects.sleep = () => new Promise((resolve) => later.push(resolve));
  world.fail = (call) => (call === 'readDomains' ? new Promise<void>(() => {}) : undefined);
  void seats.refresh();
  await setImmediate();
  const before = count('readMachine');
  seats.notice();
  later[0]?.();
  await setImmediate();
  expect(count('readMachine')).toBe(before + 1);
});

test('what is noticed during a reading is read by another', async () => {
  const { world, seats, count } = await start(desk);
  world.fail = (call) => {
    if (call === 'readDomains' && count('readDomains') === 1) seats.notice();
  };
  seats.notice();
  await setImmediate();
  expect(count('readMachine')).toBe(2);
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

test('a device that cannot follow is a problem, and is tried again at the next change', async () => {
  const { world, seats, look, count, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  world.calls.length = 0;
  world.fail = (call) => {
    if (call.startsWith('attach ')) throw new Error('No free USB ports');
  };
  world.plug('1-1');
  await look();
  expect(problems()).toEqual([
    'The USB devices could not go to win10. QEMU MOUSE (port 1-1): No free USB ports.',
  ]);
  await look();
  await look();
  expect(count('attach win10 1-1')).toBe(1);
  world.unplug('1-3');
  await look();
  expect(count('attach win10 1-1')).toBe(2);
  world.fail = () => {};
  world.plug('1-3');
  await look();
  expect(problems()).toEqual([]);
  expect(world.holder('1-1')).toBe('win10');
});

test('a device for which the domain had no port follows once there is one', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  world.setFreePorts(0);
  world.plug('1-1');
  await look();
  expect(problems()).toEqual([expect.stringContaining('1 free USB ports needed')]);
  world.setFreePorts(1);
  await look();
  expect(problems()).toEqual([]);
  expect(world.holder('1-1')).toBe('win10');
});

test('a problem goes with the device, or with the seat', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call.startsWith('attach ')) throw new Error('No free USB ports');
  };
  for (const settle of [async () => world.unplug('1-1'), () => seats.give('desk', 'host')]) {
    world.replug('1-1');
    await look();
    expect(problems()).toHaveLength(1);
    await settle();
    await look();
    expect(problems()).toEqual([]);
  }
});

test('while libvirt is away nothing is tried, and when it is back all of it is', async () => {
  const { world, seats, look, count, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.calls.length = 0;
  const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');
  world.fail = (call) => {
    if (call !== 'readMachine' && !call.startsWith('wait')) throw away;
  };
  world.replug('1-1');
  await look();
  await look();
  expect(count('wait 1-1')).toBe(0);
  world.fail = () => {};
  await look();
  expect(world.holder('1-1')).toBe('win10');
  expect(problems()).toEqual([]);
});

test('a handoff waits for the repair that runs, and none begins in a handoff', async () => {
  const { world, seats, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  const { promise, resolve } = Promise.withResolvers<void>();
  world.fail = (call) => (call === 'wait 1-1' ? promise : undefined);
  world.replug('1-1');
  await look();
  expect(count('wait 1-1')).toBe(1);
  const giving = seats.give('desk', 'host');
  world.replug('1-2');
  await look();
  expect(count('wait 1-2')).toBe(0);
  resolve();
  await giving;
  await setImmediate();
  expect(['1-1', '1-2'].map(world.holder)).toEqual(['host', 'host']);
});

test('drivers come back to what a domain has left without', async () => {
  const { world, seats, stories, look, count } = await start(desk);
  await seats.give('desk', 'win10');
  world.setState('win10', 'shut off');
  world.driverless.add('1-1');
  await look();
  expect(world.driverless).toEqual(new Set());
  expect(stories).toEqual(['desk: 1-1:1.0 has its driver again']);
  await look();
  expect([count('probe 1-1'), count('probe 1-2')]).toEqual([1, 1]);
});

const first = { attach: 'attach win10 1-1', after: 'attach win10 1-2' };

test.each([
  { when: 'while another device attaches', device: '1-1', at: first.after },
  { when: 'before it is looked at again', device: '1-2', at: 'readMachine', since: first.after },
])('a domain that ends $when leaves no device without a driver', async (row) => {
  const { world, seats, look } = await start(desk);
  let isTime = row.since === undefined;
  world.fail = (call) => {
    if (isTime && call === row.at && world.driverless.size === 0) {
      isTime = false;
      world.setState('win10', 'shut off');
      world.driverless.add(row.device);
    }
    if (call === row.since) isTime = true;
  };
  await Promise.allSettled([seats.give('desk', 'win10')]);
  for (let reading = 0; reading < 3; reading += 1) await look();
  expect(world.driverless).toEqual(new Set());
});

test('so does one that ends right after it was given what was plugged in', async () => {
  const { world, seats, look } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  let isTime = false;
  world.fail = (call) => {
    if (isTime && call === 'readMachine') {
      isTime = false;
      world.setState('win10', 'shut off');
      world.driverless.add('1-1');
    }
    if (call === first.attach) isTime = true;
  };
  world.plug('1-1');
  for (let reading = 0; reading < 3; reading += 1) await look();
  expect(world.driverless).toEqual(new Set());
});

test('what libvirt was away for is done after the next reading', async () => {
  const { world, seats, look, problems } = await start(desk);
  await seats.give('desk', 'win10');
  world.unplug('1-1');
  await look();
  let isAway = true;
  world.fail = (call) => {
    if (!isAway || !call.startsWith('attach ')) return;
    isAway = false;
    throw new HandglassError('libvirt-unavailable', 'libvirt is away.');
  };
  world.plug('1-1');
  await look();
  expect([isAway, world.holder('1-1'), problems()]).toEqual([false, 'host', []]);
  expect(seats.isBlind()).toBe(true);
  await look();
  expect([world.holder('1-1'), seats.isBlind()]).toEqual(['win10', false]);
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

test('drivers that cannot come back are a problem, until they can', async () => {
  const { world, seats, look, problems } = await start(headset);
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call.startsWith('probe')) throw new HandglassError('handoff-failed', 'EACCES.');
  };
  world.setState('win10', 'shut off');
  await look();
  expect(problems()).toEqual(['EACCES.']);
  world.fail = () => {};
  world.unplug('1-3');
  await look();
  expect(problems()).toEqual([]);
});

test('a domain that starts, stops or is paused makes its wishes after each reading, once', async () => {
  const { world, seats, wishes, look } = await start({ ...desk, onStart: 'give' });
  world.setState('win10', 'shut off');
  await look();
  world.setState('win10', 'paused');
  await look();
  expect(wishes).toEqual([]);
  world.setState('win10', 'running');
  await look();
  await look();
  expect(wishes.splice(0)).toEqual(['desk: host to win10, win10 has started']);
  await seats.give('desk', 'win10');
  world.setState('win10', 'paused');
  await look();
  await look();
  expect(wishes.splice(0)).toEqual(['desk: win10 to host, win10 is paused']);
  world.setState('win10', 'shut off');
  await look();
  await look();
  expect(wishes).toEqual(['desk: host to host, win10 has ended']);
});

test('a domain that ends and starts between two readings has ended and started', async () => {
  const { world, look, seats, wishes } = await start({ ...headset, onStart: 'give' });
  await seats.give('desk', 'win10');
  world.setState('win10', 'shut off');
  world.setState('win10', 'running');
  await look();
  expect(wishes).toEqual(['desk: host to win10, win10 has started']);
});

test('a domain that is paused while it gets the seat has to give it back', async () => {
  const { world, seats, wishes } = await start(seatWithKeyboard('desk', ['win10'], 'MOUSE'));
  world.fail = (call) => {
    if (call === 'input desk to win10') world.setState('win10', 'paused');
  };
  await seats.give('desk', 'win10');
  expect(wishes).toEqual(['desk: win10 to host, win10 is paused']);
});

test('who has asked for a seat counts before a domain that started meanwhile', async () => {
  const { world, seats, wishes } = await start({ ...desk, onStart: 'take' });
  world.setState('win11', 'shut off');
  await seats.refresh();
  world.setState('win11', 'running');
  await seats.give('desk', 'win10');
  await setImmediate();
  expect(wishes).toEqual([]);
});

test('a domain that starts while a seat comes home by rule is followed', async () => {
  const { world, seats, look, wishes } = await start({ ...desk, onStart: 'give' });
  world.setState('win11', 'shut off');
  await look();
  await seats.give('desk', 'win10');
  world.setState('win10', 'paused');
  await look();
  world.fail = (call) => {
    if (call.startsWith('detach ')) world.setState('win11', 'running');
  };
  await seats.bring('desk', { why: 'win10 is paused', isRule: true });
  await setImmediate();
  expect(wishes).toEqual([
    'desk: win10 to host, win10 is paused',
    'desk: host to win11, win11 has started',
  ]);
});

test.each([
  { since: ['win11'], wishes: ['host to win11, win11 has started'] },
  { since: [], wishes: [] },
])(
  'what is on at the first reading has started if since the service did: $since',
  async ({ since, wishes }) => {
    const world = createWorld();
    world.younger = new Set(since);
    const heard: string[] = [];
    const seats = createSeats({ seats: [{ ...desk, onStart: 'give' }] }, world.effects, () => {}, {
      wished: ({ from, to, why }) => heard.push(`${from} to ${to}, ${why}`),
    });
    await seats.refresh();
    await seats.refresh();
    expect(heard).toEqual(wishes);
  },
);

test('a domain that ended and is seen again before it runs has started once it does', async () => {
  const { world, look, wishes } = await start({ ...desk, onStart: 'give' });
  world.setState('win10', 'shut off');
  world.setState('win10', 'paused');
  await look();
  expect(wishes).toEqual([]);
  world.setState('win10', 'running');
  await look();
  expect(wishes).toEqual(['desk: host to win10, win10 has started']);
});

test('a domain that ended while it was first read, and started again, has started', async () => {
  const world = createWorld();
  const heard: string[] = [];
  const seats = createSeats({ seats: [{ ...desk, onStart: 'give' }] }, world.effects, () => {}, {
    wished: ({ from, to, why }) => heard.push(`${from} to ${to}, ${why}`),
  });
  world.endProcess('win10');
  await seats.refresh();
  expect(heard).toEqual([]);
  world.setState('win10', 'shut off');
  world.setState('win10', 'running');
  world.younger.add('win10');
  await seats.refresh();
  expect(heard).toEqual(['host to win10, win10 has started']);
});

test('a domain that was paused while no service ran has to give its seat back, and none has started', async () => {
  const { world, seats } = await start(desk);
  await seats.give('desk', 'win10');
  world.setState('win10', 'paused');
  const wishes: string[] = [];
  const anew = createSeats({ seats: [{ ...desk, onStart: 'take' }] }, world.effects, () => {}, {
    wished: ({ from, to, why }) => wishes.push(`${from} to ${to}, ${why}`),
  });
  await anew.refresh();
  expect(wishes).toEqual(['win10 to host, win10 is paused']);
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
