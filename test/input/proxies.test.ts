import { describe, expect, test } from 'vitest';
import { openProxies } from '../../src/input/proxies.ts';
import { inputDevice } from './devices.ts';
import { fakeSwitchboard } from './fake-switchboard.ts';

function start(prepare: (fake: ReturnType<typeof fakeSwitchboard>) => void = () => {}) {
  const fake = fakeSwitchboard();
  prepare(fake);
  const switchboard = fake.openSwitchboard(() => {}, false);
  const open = (...targets: (string | null)[]) => openProxies(fake, switchboard, targets);
  return { fake, open };
}

/** The descriptors of win10's two proxies, as a service before this one has left them. */
const keptOfWin10 = [
  { name: 'win10-keyboard.uinput', fd: 11 },
  { name: 'win10-keyboard.node', fd: 12 },
  { name: 'win10-pointer.uinput', fd: 13 },
  { name: 'win10-pointer.node', fd: 14 },
];

const forgotten = (name: string) => [
  `FDSTOREREMOVE=1 FDNAME=${name}.uinput`,
  `FDSTOREREMOVE=1 FDNAME=${name}.node`,
];

const node = (name: string, number = 7) =>
  inputDevice({ path: `/dev/input/event${number}`, name, phys: `handglass/${name}` });
const nodesOfWin10 = [node('win10-keyboard', 7), node('win10-pointer', 8)];

test('each target gets a keyboard and a pointer, one that needs none gets none', () => {
  const { fake, open } = start();
  expect(open(null, 'win10', 'it\'s "a" & b').targets).toEqual([
    { keyboard: 0, pointer: 0 },
    { keyboard: 1, pointer: 2 },
    { keyboard: 3, pointer: 4 },
  ]);
  expect([...fake.proxies.values()].map(({ name, phys, like }) => [name, phys, like])).toEqual([
    ['Handglass win10 keyboard', 'handglass/win10-keyboard', 'keyboard'],
    ['Handglass win10 pointer', 'handglass/win10-pointer', 'pointer'],
    ['Handglass it_s__a____b keyboard', 'handglass/it_s__a____b-keyboard', 'keyboard'],
    ['Handglass it_s__a____b pointer', 'handglass/it_s__a____b-pointer', 'pointer'],
  ]);
  expect(fake.told).toEqual([]);
});

test('a domain with a name of 60 characters, the longest there is, gets proxies', () => {
  const { fake, open } = start();
  open('x'.repeat(60));
  expect(fake.proxies.get(1)?.name).toBe(`Handglass ${'x'.repeat(60)} keyboard`);
});

test('a proxy is kept, once, as soon as its node can be opened', () => {
  const { fake, open } = start();
  const proxies = open('win10');
  expect(proxies.follow([inputDevice(), node('other-keyboard')])).toEqual([]);
  expect(fake.tried).toEqual([]);
  expect(proxies.follow(nodesOfWin10)).toEqual([]);
  expect(proxies.follow(nodesOfWin10)).toEqual([]);
  expect(fake.tried).toEqual(['/dev/input/event7', '/dev/input/event8']);
  expect(fake.told).toEqual([
    'FDSTORE=1 FDNAME=win10-keyboard.uinput 102',
    'FDSTORE=1 FDNAME=win10-keyboard.node 103',
    'FDSTORE=1 FDNAME=win10-pointer.uinput 104',
    'FDSTORE=1 FDNAME=win10-pointer.node 105',
  ]);
});

test('a node that may not be opened yet is told of and tried again at the next look', () => {
  const { fake, open } = start(({ refused }) => refused.set('/dev/input/event7', 'EACCES'));
  const proxies = open('win10');
  expect(proxies.follow(nodesOfWin10)).toMatchObject([
    {
      code: 'input-unavailable',
      what: 'The proxy win10-keyboard (/dev/input/event7) cannot be opened: permission denied.',
      remedy: expect.stringContaining('units/handglass.rules'),
    },
  ]);
  expect(fake.told).toHaveLength(2);
  fake.refused.clear();
  expect(proxies.follow(nodesOfWin10)).toEqual([]);
  expect(fake.told).toHaveLength(4);
});

test.each(['ENOENT', 'ENODEV'])('a node that udev has not made yet (%s) is no problem', (code) => {
  const { fake, open } = start(({ refused }) => refused.set('/dev/input/event7', code));
  const proxies = open('win10');
  expect(proxies.follow([node('win10-keyboard')])).toEqual([]);
  fake.refused.clear();
  expect(proxies.follow([node('win10-keyboard')])).toEqual([]);
  expect(fake.told).toHaveLength(2);
});

test('proxies that were kept are taken over by their names, in whatever order they come', () => {
  const { fake, open } = start(({ kept }) => kept.push(...keptOfWin10.toReversed()));
  const proxies = open(null, 'win10');
  expect(proxies.targets[1]).toEqual({ keyboard: 1, pointer: 2 });
  expect([...fake.proxies.values()]).toMatchObject([
    { uinput: 11, node: 12, like: null },
    { uinput: 13, node: 14, like: null },
  ]);
  expect(proxies.follow(nodesOfWin10)).toEqual([]);
  expect(fake).toMatchObject({ tried: [], told: [], closedDescriptors: [] });
});

test('a proxy that the service manager does not take is open all the same, and offered again', () => {
  const { fake, open } = start(({ refused }) => refused.set('notify', 'ENOBUFS'));
  const proxies = open('win10');
  expect(proxies.follow([node('win10-keyboard')])).toMatchObject([
    {
      code: 'input-unavailable',
      what: 'The service manager does not keep the proxy win10-keyboard (/dev/input/event7): no buffer space available.',
      remedy: 'Shut down the domain that reads it before the service is restarted.',
    },
  ]);
  fake.refused.clear();
  expect(proxies.follow([node('win10-keyboard')])).toEqual([]);
  expect(fake.tried).toEqual(['/dev/input/event7']);
  expect(fake.told).toHaveLength(2);
});

test('what the service manager cannot be made to forget is closed all the same', () => {
  const { fake, open } = start(({ kept, refused }) => {
    kept.push(...keptOfWin10);
    refused.set('notify', 'ENOBUFS');
  });
  const proxies = open('linux');
  proxies.forgetRest();
  expect(fake.closedDescriptors).toEqual([11, 12, 13, 14]);
  expect(proxies.follow([])).toEqual([]);
});

describe('one more proxy', () => {
  const like = Buffer.from('pen');
  const keptPen = [
    { name: 'win10-pen.uinput', fd: 21 },
    { name: 'win10-pen.node', fd: 22 },
  ];

  test('is made and kept like the others', () => {
    const { fake, open } = start();
    const proxies = open('win10', null);
    expect(proxies.add('win10', 'pen', 'Pen', like, false)).toBe(3);
    expect(fake.proxies.get(3)).toMatchObject({
      name: 'Handglass win10 Pen',
      phys: 'handglass/win10-pen',
      like,
    });
    expect(proxies.of('win10')).toEqual([1, 2, 3]);
    expect(proxies.of('linux')).toEqual([]);
    expect(proxies.follow([node('win10-pen')])).toEqual([]);
    expect(fake.told).toEqual([
      'FDSTORE=1 FDNAME=win10-pen.uinput 106',
      'FDSTORE=1 FDNAME=win10-pen.node 107',
    ]);
  });

  test('is taken over if it was kept', () => {
    const { fake, open } = start(({ kept }) => kept.push(...keptPen));
    const proxies = open('win10');
    proxies.add('win10', 'pen', 'Pen', like, false);
    proxies.forgetRest();
    expect(fake.proxies.get(3)).toMatchObject({ uinput: 21, node: 22 });
    expect(proxies.follow([node('win10-pen')])).toEqual([]);
    expect(fake).toMatchObject({ told: [], closedDescriptors: [] });
  });

  test('is made anew, and what was kept is forgotten, where it has to be fresh', () => {
    const { fake, open } = start(({ kept }) => kept.push(...keptPen));
    open('win10').add('win10', 'pen', 'Pen', like, true);
    expect(fake.proxies.get(3)).toMatchObject({ like });
    expect(fake.closedDescriptors).toEqual([21, 22]);
    expect(fake.told).toEqual(forgotten('win10-pen'));
  });

  test('fails as it fails', () => {
    const { open } = start(({ refused }) => refused.set('handglass/win10-pen', 'EMFILE'));
    expect(() => open('win10').add('win10', 'pen', 'Pen', like, false)).toThrow('EMFILE');
  });

  test('has no more of its title than the kernel holds, and no half of a character', () => {
    const { fake, open } = start();
    open().add('win10', 'pen', 'ü'.repeat(40), like, false);
    expect(fake.proxies.get(1)?.name).toBe(`Handglass win10 ${'ü'.repeat(31)}`);
  });
});

test('a proxy that cannot be taken over is forgotten and made anew', () => {
  const { fake, open } = start((each) => {
    each.kept.push(...keptOfWin10);
    each.refused.set('adopted', 'ENODEV');
  });
  const proxies = open('win10');
  expect([...fake.proxies.values()].map(({ like }) => like)).toEqual(['keyboard', 'pointer']);
  expect(fake.closedDescriptors).toEqual([11, 12, 13, 14]);
  expect(fake.told).toEqual([...forgotten('win10-keyboard'), ...forgotten('win10-pointer')]);
  expect(proxies.follow(nodesOfWin10)).toEqual([]);
  expect(fake.told.slice(4)).toContain('FDSTORE=1 FDNAME=win10-keyboard.uinput 102');
});

test('a proxy of which only a part was kept is forgotten and made anew', () => {
  const { fake, open } = start(({ kept }) => kept.push(...keptOfWin10.slice(1)));
  open('win10');
  expect([...fake.proxies.values()]).toMatchObject([{ like: 'keyboard' }, { uinput: 13 }]);
  expect(fake.closedDescriptors).toEqual([12]);
  expect(fake.told).toEqual(forgotten('win10-keyboard'));
});

test('what nobody has asked for, or is none of ours, is closed', () => {
  const { fake, open } = start(({ kept }) =>
    kept.push(...keptOfWin10, { name: 'unknown', fd: 20 }),
  );
  open(null, 'linux').forgetRest();
  expect(fake.closedDescriptors).toEqual([20, 11, 12, 13, 14]);
  expect(fake.told).toEqual([...forgotten('win10-keyboard'), ...forgotten('win10-pointer')]);
});

test.each([
  {
    code: 'ENOENT',
    reason: 'no such file or directory',
    remedy: 'Load its module: `sudo modprobe uinput`. Then restart the service.',
  },
  {
    code: 'EACCES',
    reason: 'permission denied',
    remedy: 'Install units/handglass.rules (`sudo sh units/install.sh`), then restart the service.',
  },
])('a machine without uinput ($code) has one problem, and no proxy', ({ code, reason, remedy }) => {
  const { fake, open } = start(({ refused }) => refused.set('/dev/uinput', code));
  const proxies = open('win10', 'linux');
  expect(proxies.targets).toEqual([
    { keyboard: 0, pointer: 0 },
    { keyboard: 0, pointer: 0 },
  ]);
  const problem = {
    code: 'input-unavailable',
    what: `No keyboard or mouse can be handed to a domain, since /dev/uinput cannot be used: ${reason}.`,
    remedy,
  };
  expect(proxies.follow([])).toMatchObject([problem]);
  expect(proxies.follow(nodesOfWin10)).toMatchObject([problem]);
  expect(fake.tried).toEqual([]);
});
