/** Which devices get clones, of what, and what is remembered of them. */
import { describe, expect, test } from 'vitest';
import type { AbsoluteDevice } from '../../src/input/absolute-devices.ts';
import { gamepadBits, mediaKeyBits, penBits } from '../system/capability-bits.ts';
import { inputDevice } from './devices.ts';
import { seat } from './seats.ts';
import { createSwitch, keyboard } from './switched.ts';

const pen = inputDevice({ path: '/dev/input/event7', name: 'Pen', bits: penBits });
const otherPen = { ...pen, path: '/dev/input/event8' };
const desk = seat('desk', { input: [{ name: 'Key*' }, { name: 'Pen' }, { name: 'Pad' }] });

/** What a device can do, and where its first axis is: see `struct capabilities`. */
function capabilities(text: string): Buffer {
  return Buffer.from(text);
}

const remembered: AbsoluteDevice = {
  slug: 'pen',
  name: 'Pen',
  selector: '{ name = "Pen" }',
  capabilities: capabilities('pen'),
  next: null,
};

function start(seats = [desk], known: AbsoluteDevice[] = []) {
  const started = createSwitch({ seats }, known);
  const { switchboard } = started;
  for (const path of [pen.path, otherPen.path]) {
    switchboard.capabilities.set(path, capabilities('pen'));
  }
  const clones = () =>
    [...switchboard.proxies].filter(([, { like }]) => Buffer.isBuffer(like) || like === null);
  /** Where each clone is, by the routes' own numbers. */
  const routed = () =>
    switchboard.table?.routes.map((route) =>
      route.clones.map((clone) => switchboard.proxies.get(clone)?.phys ?? 0),
    );
  return { ...started, clones, routed };
}

test('a device with absolute axes is cloned for the domains of its seat', () => {
  const seats = [
    { ...desk, domains: ['win10', 'linux'] },
    seat('sofa', { domains: ['win11'], input: [{ name: 'No such' }] }),
  ];
  const { input, switchboard, clones, routed } = start(seats);
  expect(input.follow([keyboard, pen])).toEqual([]);
  expect(routed()).toEqual([[], [0, 'handglass/win10-pen', 'handglass/linux-pen', 0]]);
  expect(clones().map(([, { name, like }]) => [name, like])).toEqual([
    ['Handglass win10 Pen', capabilities('pen')],
    ['Handglass linux Pen', capabilities('pen')],
  ]);
  input.follow([keyboard, pen]);
  expect(clones()).toHaveLength(2);
  expect(switchboard.told).toEqual([]);
});

test('the host has a clone of a device that it never reads itself', () => {
  const { input, routed } = start([{ ...desk, swallow: true }]);
  input.follow([pen]);
  expect(routed()).toEqual([['handglass/host-pen', 'handglass/win10-pen']]);
});

test.each([
  { what: 'without axes', device: keyboard },
  { what: 'with nothing but a volume axis', device: { ...keyboard, bits: mediaKeyBits } },
  { what: 'that no selector names', device: { ...pen, name: 'Stylus', bits: penBits } },
])('a device $what has no clone', ({ device }) => {
  const { input, clones, saved } = start();
  input.follow([inputDevice(device)]);
  expect(clones()).toEqual([]);
  expect(saved).toEqual([]);
});

test('what the clones of a domain are sent counts as sent to it', () => {
  const { input, switchboard, clones } = start();
  input.follow([pen]);
  for (const [, clone] of clones()) clone.written = 5;
  for (const [, proxy] of switchboard.proxies) proxy.written += 1;
  expect(input.sentTo('win10').events).toBe(8);
});

describe('memory', () => {
  test('a device is remembered when it is first seen', () => {
    const { input, saved } = start();
    input.follow([pen]);
    input.follow([]);
    input.follow([pen]);
    expect(saved).toEqual([[remembered]]);
  });

  test('clones of what is remembered are there before it is plugged in', () => {
    const { input, clones, routed, saved } = start([desk], [remembered]);
    expect(input.follow([])).toEqual([]);
    expect(clones()).toHaveLength(1);
    input.follow([pen]);
    expect(routed()).toEqual([[0, 'handglass/win10-pen']]);
    expect(clones()).toHaveLength(1);
    expect(saved).toEqual([]);
  });

  const kept = [
    { name: 'win10-pen.uinput', fd: 21 },
    { name: 'win10-pen.node', fd: 22 },
  ];

  test('clones that were kept are taken over', () => {
    const { input, switchboard, clones } = start([desk], [remembered]);
    switchboard.kept.push(...kept);
    input.follow([]);
    expect(clones()).toMatchObject([[expect.any(Number), { uinput: 21, node: 22 }]]);
    expect(switchboard.closedDescriptors).toEqual([]);
  });

  test.each([
    { reason: 'selector', known: { ...remembered, selector: '{ name = "Stylus" }' } },
    { reason: 'room for its name', known: { ...remembered, slug: 'pen'.repeat(30) } },
    { reason: 'name of its own', known: { ...remembered, slug: 'keyboard' } },
  ])('a device without a $reason any more is forgotten, and its clones', ({ known }) => {
    const { input, switchboard, clones, saved } = start([desk], [known]);
    switchboard.kept.push(...kept);
    expect(input.follow([])).toEqual([]);
    expect(clones()).toEqual([]);
    expect(saved).toEqual([[]]);
    expect(switchboard.closedDescriptors).toEqual([21, 22]);
    input.follow([pen]);
    expect(saved.at(-1)).toEqual([remembered]);
  });
});

describe('a device that has become another', () => {
  const next = capabilities('other pen');
  const problem = {
    code: 'input-unavailable',
    what: 'The input device Pen (/dev/input/event7) has other axes or keys than when its clones were made, and they stay as they are.',
    remedy: 'Shut down the domains that have it, restart the service, and start them again.',
  };

  test('keeps its clones, and is remembered for the next start', () => {
    const { input, switchboard, clones, routed, saved } = start([desk], [remembered]);
    switchboard.capabilities.set(pen.path, next);
    expect(input.follow([pen])).toMatchObject([problem]);
    expect(input.follow([pen])).toMatchObject([problem]);
    expect(routed()).toEqual([[0, 'handglass/win10-pen']]);
    expect(clones()).toHaveLength(1);
    expect(saved).toEqual([[{ ...remembered, next }]]);
    expect(input.follow([])).toEqual([]);
  });

  test('is what it was once it comes back as that', () => {
    const { input, switchboard, saved } = start([desk], [remembered]);
    switchboard.capabilities.set(pen.path, next);
    input.follow([pen]);
    input.follow([]);
    switchboard.capabilities.set(pen.path, capabilities('pen'));
    expect(input.follow([pen])).toEqual([]);
    expect(saved.at(-1)).toEqual([remembered]);
  });

  test('has clones made anew at the next start, whatever was kept', () => {
    const { input, switchboard, clones, saved } = start([desk], [{ ...remembered, next }]);
    switchboard.kept.push({ name: 'win10-pen.uinput', fd: 21 }, { name: 'win10-pen.node', fd: 22 });
    expect(input.follow([])).toEqual([]);
    expect(clones()).toMatchObject([[expect.any(Number), { like: next }]]);
    expect(switchboard.closedDescriptors).toEqual([21, 22]);
    expect(saved).toEqual([[{ ...remembered, capabilities: next }]]);
  });
});

describe('devices of one name', () => {
  test('have clones of their own', () => {
    const { input, routed, saved } = start();
    input.follow([pen, otherPen]);
    expect(routed()).toEqual([
      [0, 'handglass/win10-pen'],
      [0, 'handglass/win10-pen-2'],
    ]);
    expect(saved.at(-1)?.map(({ slug }) => slug)).toEqual(['pen', 'pen-2']);
  });

  test('have the clones that fit them, in whatever order they come', () => {
    const eraser = { ...remembered, slug: 'pen-2', capabilities: capabilities('eraser') };
    const { input, switchboard, routed } = start([desk], [remembered, eraser]);
    switchboard.capabilities.set(pen.path, capabilities('eraser'));
    expect(input.follow([pen])).toEqual([]);
    expect(routed()).toEqual([[0, 'handglass/win10-pen-2']]);
    input.follow([pen, otherPen]);
    expect(routed()).toEqual([
      [0, 'handglass/win10-pen-2'],
      [0, 'handglass/win10-pen'],
    ]);
  });
});

describe('what fails', () => {
  const pad = inputDevice({ path: '/dev/input/event9', name: 'Pad', bits: gamepadBits });

  test.each([
    {
      code: 'EMFILE',
      reason: 'too many open files',
      remedy: 'Let the selectors name fewer devices of this kind.',
    },
    { code: 'EINVAL', reason: 'invalid argument', remedy: 'Plug it in, then restart the service.' },
  ])(
    'a clone that cannot be made ($code) is a problem, and no other is',
    ({ code, reason, remedy }) => {
      const { input, switchboard, routed } = start([desk], [remembered]);
      switchboard.refused.set('handglass/win10-pen', code);
      const problem = {
        code: 'input-unavailable',
        what: `The input device Pen cannot be handed to win10 whole: ${reason}.`,
        remedy,
      };
      expect(input.follow([])).toMatchObject([problem]);
      expect(input.follow([pen, pad])).toMatchObject([problem]);
      expect(routed()).toEqual([
        [0, 0],
        [0, 'handglass/win10-pad'],
      ]);
    },
  );

  test('a machine without uinput has one problem, and forgets nothing', () => {
    const { input, switchboard, saved } = start([desk], [remembered]);
    switchboard.refused.set('/dev/uinput', 'ENOENT');
    expect(input.follow([pen])).toHaveLength(1);
    expect(saved).toEqual([]);
  });

  test.each(['ENODEV', 'EBADF'])('a device that went meanwhile (%s) is no problem', (code) => {
    const { input, switchboard, routed } = start();
    switchboard.refused.set('capabilities', code);
    expect(input.follow([pen])).toEqual([]);
    expect(routed()).toEqual([[]]);
    switchboard.refused.clear();
    input.follow([pen]);
    expect(routed()).toEqual([[0, 'handglass/win10-pen']]);
  });

  test('a device that does not tell what it can do is a problem', () => {
    const { input, switchboard } = start();
    switchboard.refused.set('capabilities', 'EIO');
    expect(input.follow([pen])).toMatchObject([
      {
        what: 'What the input device Pen (/dev/input/event7) can do cannot be found out: i/o error.',
        remedy: 'Unplug it and plug it in again.',
      },
    ]);
  });
});
