import { expect, test } from 'vitest';
import type { Seat } from '../../src/config/schema.ts';
import type { DomainRunState } from '../../src/domain/run-state.ts';
import type { UsbHostdev } from '../../src/domain/usb-hostdev.ts';
import {
  afterHandoff,
  afterRepair,
  keeperOf,
  repairsFor,
  standingOf,
} from '../../src/seat/standing.ts';
import type { Facts } from '../../src/seat/view.ts';
import { noUses, usbDevice } from '../usb/devices.ts';
import { seatWith } from './world.ts';

const desk = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
const mouse = usbDevice({ port: '1-1', device: 2, serial: 'MOUSE', name: 'Mouse' });
const stick = usbDevice({ port: '1-2.3', device: 3, serial: 'STICK', name: 'Stick' });
const stranger = usbDevice({ port: '1-4', device: 4 });
const again = { ...mouse, device: 7 };
const held = { bus: 1, device: 2, alias: 'ua-handglass-1-1' };
const foreign = { bus: 1, device: 2, alias: 'hostdev0' };

function facts(
  usb: Facts['usb'],
  attached: Record<string, UsbHostdev[]> = {},
  state: DomainRunState = 'running',
): Facts {
  const domains = ['win10', 'win11'].map((name) => ({ name, state }));
  return {
    input: [],
    heard: new Set(),
    usb,
    uses: noUses,
    domains,
    attached: new Map(Object.entries(attached)),
    optical: [],
    drives: new Map(),
    stale: new Set(),
    processes: new Map(),
    younger: new Set(),
    ports: new Map(),
  };
}

interface Case {
  reason: string;
  repairs: string[];
  owner?: string;
  known?: string[];
  lent?: string[];
  facts: Facts;
  seat?: Partial<Seat>;
}

/** A seat reads the mouse. */
const reading = {
  ...noUses,
  sources: new Map([['1-1', { seat: 'desk', selector: '{ port = "1-1" }' }]]),
};

const nothingNew = ['1-1 1:2', '1-2.3 1:3'];

test.each<Case>([
  { reason: 'all is where it was', repairs: [], known: nothingNew, facts: facts([mouse, stick]) },
  {
    reason: 'a device has come while a domain has the seat',
    repairs: ['attach win10 1-2.3'],
    known: ['1-1 1:2'],
    facts: facts([mouse, stick]),
  },
  {
    reason: 'a device has come while the host has the seat',
    repairs: [],
    owner: 'host',
    facts: facts([mouse, stick]),
  },
  {
    reason: 'a device was plugged in anew, and the domain still has what it was',
    repairs: ['clear win10', 'attach win10 1-1'],
    known: nothingNew,
    facts: facts([again, stick], { win10: [held] }),
  },
  {
    reason: 'a device was pulled out',
    repairs: ['clear win10'],
    known: nothingNew,
    facts: facts([stick], { win10: [held] }),
  },
  {
    reason: 'a device was pulled out of a domain that does not have the seat',
    repairs: ['clear win11'],
    owner: 'host',
    facts: facts([stick], { win10: [], win11: [held] }),
  },
  {
    reason: 'what was pulled out is in no domain of the seat',
    repairs: [],
    known: nothingNew,
    facts: facts([stick], { other: [held] }),
  },
  {
    reason: 'what another program attached was pulled out',
    repairs: [],
    known: nothingNew,
    facts: facts([stick], { win10: [foreign, { ...held, alias: null }] }),
  },
  {
    reason: 'another device has the number of what was pulled out',
    repairs: ['clear win10'],
    known: ['1-4 1:2'],
    facts: facts([{ ...stranger, device: 2 }], { win10: [held] }),
  },
  {
    reason: 'a device that no selector names has come',
    repairs: [],
    known: nothingNew,
    facts: facts([mouse, stick, stranger]),
  },
  {
    reason: 'what has come is in a domain already',
    repairs: [],
    facts: facts([mouse], { win11: [foreign] }),
  },
  {
    reason: 'a second one has come, and the selector says not which',
    repairs: [],
    seat: { usb: [{ vendor: '0627', product: '0001' }] },
    facts: facts([mouse, stick]),
  },
  {
    reason: 'a selector of several names what has come, and so does another',
    repairs: ['attach win10 1-1'],
    seat: { usb: [{ class: 'hid' }, { serial: 'MOUSE' }] },
    facts: facts([mouse]),
  },
  {
    reason: 'a seat reads what has come, which a selector of several passes over',
    repairs: ['attach win10 1-2.3'],
    seat: { usb: [{ class: 'hid' }] },
    facts: { ...facts([mouse, stick]), uses: reading },
  },
  {
    reason: 'a domain that is paused has the seat',
    repairs: ['attach win10 1-1'],
    facts: facts([mouse], {}, 'paused'),
  },
  {
    reason: 'a domain that has ended had the seat',
    repairs: [],
    facts: facts([mouse], {}, 'shut off'),
  },
  {
    reason: 'what was lent is in no domain any more',
    repairs: ['probe 1-1'],
    owner: 'host',
    lent: ['1-1 1:2'],
    facts: facts([mouse, stick]),
  },
  {
    reason: 'what was lent still is',
    repairs: [],
    known: nothingNew,
    lent: ['1-1 1:2'],
    facts: facts([mouse, stick], { win11: [foreign] }),
  },
  {
    reason: 'what was lent is gone, and another device is on its port',
    repairs: [],
    owner: 'host',
    lent: ['1-1 1:2'],
    facts: facts([again]),
  },
])('the repairs are $repairs when $reason', (row) => {
  const { owner = 'win10', known = [], lent = [], seat } = row;
  const repairs = repairsFor({ ...desk, ...seat }, owner, row.facts, {
    known: new Set(known),
    lent: new Set(lent),
    renewed: new Set(),
  });
  const texts = repairs.map((repair) => Object.entries(repair).filter(([key]) => key !== 'name'));
  expect(texts.map((each) => each.map(([, value]) => value).join(' '))).toEqual(row.repairs);
});

const first = standingOf(desk, 'host', facts([mouse]), null);

test('at the first reading nothing is new, and every device may have been lent', () => {
  expect(first).toEqual({
    owner: 'host',
    lives: new Map([
      ['win10', 'running'],
      ['win11', 'running'],
    ]),
    known: new Set(['1-1 1:2']),
    lent: new Set(['1-1 1:2']),
    renewed: new Set(),
    isHalf: false,
    processes: new Map(),
  });
});

test('what comes to a seat of a domain stays new until the domain has it', () => {
  const arrived = standingOf(desk, 'win10', facts([mouse, stick]), first);
  expect(arrived.known).toEqual(new Set(['1-1 1:2']));
  const still = standingOf(desk, 'win10', facts([mouse, stick]), arrived);
  expect(still.known).toEqual(arrived.known);
  const stickHeld = { bus: 1, device: 3, alias: 'ua-handglass-1-2_3' };
  const given = standingOf(desk, 'win10', facts([mouse, stick], { win10: [stickHeld] }), still);
  expect(given.known).toEqual(new Set(['1-1 1:2', '1-2.3 1:3']));
  expect(given.lent).toContain('1-2.3 1:3');
});

test('what comes while the host has the seat is not new when a domain has it', () => {
  const arrived = standingOf(desk, 'host', facts([mouse, stick]), first);
  expect(arrived.known).toContain('1-2.3 1:3');
});

test('a device that gets to be known by its interfaces after it came is new then', () => {
  const audio: Seat = { ...desk, usb: [{ class: 'audio' }] };
  const unready = standingOf(audio, 'win10', facts([{ ...mouse, classes: [] }]), first);
  const ready = facts([{ ...mouse, classes: ['01'] }]);
  expect(repairsFor(audio, 'win10', ready, standingOf(audio, 'win10', ready, unready))).toEqual([
    { kind: 'attach', domain: 'win10', port: '1-1', name: 'Mouse' },
  ]);
});

test('what a seat reads is not new to a selector of several when it is read no more', () => {
  const hid: Seat = { ...desk, usb: [{ class: 'hid' }] };
  const read = standingOf(
    hid,
    'win10',
    { ...facts([mouse]), uses: reading },
    { ...first, known: new Set(), lent: new Set() },
  );
  expect(repairsFor(hid, 'win10', facts([mouse]), read)).toEqual([]);
});

test('what a seat reads is not lent by a selector of several', () => {
  const hid: Seat = { ...desk, usb: [{ class: 'hid' }] };
  const before = { ...first, lent: new Set<string>() };
  const after = afterHandoff(before, hid, { ...facts([mouse, stick]), uses: reading });
  expect(after.lent).toEqual(new Set(['1-2.3 1:3']));
});

test('a device is lent until its drivers have been seen to', () => {
  const lent = standingOf(desk, 'win10', facts([mouse], { win10: [held] }), {
    ...first,
    lent: new Set(),
  });
  const back = standingOf(desk, 'host', facts([mouse]), lent);
  expect(back.lent).toEqual(new Set(['1-1 1:2']));
  expect(afterRepair(back, { kind: 'clear', domain: 'win10' })).toBe(back);
  expect(afterRepair(back, { kind: 'probe', port: '1-1' }).lent).toEqual(new Set());
});

const kept = { ...first, owner: 'win10' };

test.each([
  { keeper: 'win10', reason: 'all was pulled out', now: facts([]) },
  { keeper: 'win10', reason: 'what is there has come since', now: facts([again]) },
  { keeper: null, reason: 'a device is there that was there', now: facts([mouse]) },
  {
    keeper: 'win10',
    reason: 'a seat reads what is there, which a selector of several passes over',
    now: { ...facts([mouse]), uses: reading },
    seat: { ...desk, usb: [{ class: 'hid' } as const] },
  },
  { keeper: null, reason: 'the domain has ended', now: facts([], {}, 'shut off') },
  { keeper: null, reason: 'the host had it', now: facts([]), before: first },
  { keeper: null, reason: 'nothing was read before', now: facts([]), before: null },
  {
    keeper: null,
    reason: 'it has no USB device',
    now: facts([]),
    seat: seatWith('desk', ['win10']),
  },
])('a seat without any device is kept by $keeper when $reason', (row) => {
  const { keeper, now, before = kept, seat = desk } = row;
  expect(keeperOf(seat, now, before)).toBe(keeper);
});
