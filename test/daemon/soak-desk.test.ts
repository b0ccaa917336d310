import { describe, expect, test } from 'vitest';
import {
  type Desk,
  deskAfter,
  deskAtStart,
  domainPorts,
  refusalOf,
  type Step,
  waitingDevices,
} from './soak-desk.ts';

const give: Step = { kind: 'give', to: 'win10' };
const deskOf = (...steps: Step[]): Desk => steps.reduce(deskAfter, deskAtStart);

describe('the seat', () => {
  test.each<[string, Step[], Partial<Desk>]>([
    ['goes as a whole', [give], { input: 'win10', held: new Set(['mouse', 'stick', 'keyboard2']) }],
    [
      'comes back from what is paused',
      [give, { kind: 'pause' }],
      { input: 'host', held: new Set() },
    ],
    ['comes back from what is killed', [give, { kind: 'kill QEMU' }], { held: new Set() }],
    [
      'has what is on the port, and what bears the serial number',
      [give, { kind: 'swap' }],
      { held: new Set(['mouse', 'stick']) },
    ],
    [
      'is adopted by a service that starts, without its keyboard',
      [give, { kind: 'kill service', meanwhile: null }],
      { input: 'host', held: new Set(['mouse', 'stick', 'keyboard2']) },
    ],
    [
      'is adopted without what was pulled out before the service ran again',
      [give, { kind: 'kill service', meanwhile: { kind: 'unplug', device: 'stick' } }],
      { input: 'host', held: new Set(['mouse', 'keyboard2']) },
    ],
    [
      'stays where it is while nobody can be asked, but for its keyboard',
      [give, { kind: 'kill libvirtd' }, { kind: 'give', to: 'host' }],
      { input: 'host', held: new Set(['mouse', 'stick', 'keyboard2']) },
    ],
    [
      'comes home as a chord has asked for, once somebody can be asked',
      [give, { kind: 'kill libvirtd' }, { kind: 'chord' }, { kind: 'start libvirtd' }],
      { input: 'host', held: new Set(), failure: null },
    ],
    [
      'is still with who keeps it when what a chord could not bring home is pulled out',
      [
        { kind: 'unplug', device: 'stick' },
        { kind: 'unplug', device: 'keyboard2' },
        give,
        { kind: 'kill libvirtd' },
        { kind: 'chord' },
        { kind: 'unplug', device: 'mouse' },
      ],
      { input: 'host', held: new Set(), isKept: true },
    ],
    [
      'is followed by what was plugged in while nobody could be asked',
      [
        { kind: 'unplug', device: 'stick' },
        give,
        { kind: 'kill libvirtd' },
        { kind: 'plug', device: 'stick', into: 4 },
        { kind: 'start libvirtd' },
      ],
      { held: new Set(['mouse', 'keyboard2', 'stick']) },
    ],
  ])('%s', (_, steps, expected) => {
    expect(deskOf(...steps)).toMatchObject(expected);
  });

  test('can be given to the host while nobody can be asked, if nothing has to come', () => {
    const down = deskOf({ kind: 'kill libvirtd' });
    expect([refusalOf(down, 'host'), refusalOf(down, 'win10')]).toEqual([
      null,
      'libvirt-unavailable',
    ]);
    expect(refusalOf(deskOf(give, { kind: 'kill libvirtd' }), 'host')).toBe('libvirt-unavailable');
  });

  test('is not given where one device more comes than there are ports', () => {
    const full = deskOf({ kind: 'fill', count: domainPorts - 2 });
    expect(refusalOf(full, 'win10')).toBe('device-refused');
    expect(deskAfter(full, give)).toEqual(full);
    expect(refusalOf(deskAfter(full, { kind: 'unplug', device: 'mouse' }), 'win10')).toBeNull();
  });

  test('is followed by what waits for a port, once there is one', () => {
    const waiting = deskOf(
      give,
      { kind: 'unplug', device: 'stick' },
      { kind: 'fill', count: 2 },
      { kind: 'plug', device: 'stick', into: 4 },
    );
    expect(waitingDevices(waiting)).toEqual(['stick']);
    expect(waitingDevices(deskAfter(waiting, { kind: 'empty' }))).toEqual([]);
  });
});
