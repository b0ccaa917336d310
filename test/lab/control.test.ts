import { expect, test } from 'vitest';
import { controlOver } from './control.ts';
import type { Qmp } from './qmp.ts';

test.each([
  ['key a', [key('a', true), key('a', false)]],
  ['press leftctrl', [key('ctrl', true)]],
  ['release leftctrl', [key('ctrl', false)]],
  ['press a on keyboard', [key('a', true)]],
  ['press a on keyboard2', [key('a', true, 'spare-display')]],
  [
    'key leftctrl+rightctrl',
    [key('ctrl', true), key('ctrl_r', true), key('ctrl_r', false), key('ctrl', false)],
  ],
  ['  mouse  3 -4 ', [['input-send-event', { events: [moved('x', 3), moved('y', -4)] }]]],
  ['plug mouse', [['device_add', expect.objectContaining({ id: 'mouse', serial: 'MOUSE1' })]]],
  [
    'plug mouse into 3',
    [['device_add', expect.objectContaining({ id: 'mouse', serial: 'MOUSE1', port: '3' })]],
  ],
  ['plug mouse into 5.2', [['device_add', expect.objectContaining({ port: '5.2' })]]],
  ['reboot', [['system_reset', undefined]]],
])('%s becomes what QEMU understands', async (request, expected) => {
  const qmp = fakeQmp();

  await controlOver(qmp)(request);

  expect(qmp.sent).toEqual(expected);
});

test.each([
  ['', 'is not one of press, release, key, mouse, unplug, plug, reboot'],
  ['fly', 'fly is not one of'],
  ['toString', 'toString is not one of'],
  ['key', 'name a key'],
  ['key nokey', 'no key is called nokey'],
  ['key a+', 'no key is called'],
  ['key a b', 'after the key comes nothing, or: on keyboard, on keyboard2'],
  ['key a on mouse', 'after the key comes nothing'],
  ['mouse', 'two whole numbers'],
  ['mouse 1', 'two whole numbers'],
  ['mouse 1 x', 'two whole numbers'],
  ['mouse 1.5 2', 'two whole numbers'],
  ['unplug', 'the device is one of keyboard, mouse, keyboard2, stick, hub, disk'],
  ['plug toString', 'the device is one of'],
  ['plug mouse 3', 'after the device comes nothing, or: into PORT'],
  ['plug mouse into 9', 'into PORT, which is from 1 to 8'],
  ['plug mouse into 4.1', 'from 5.1 to 5.8 on the hub'],
])('"%s" is refused: %s', async (request, reason) => {
  const qmp = fakeQmp();

  await expect(controlOver(qmp)(request)).rejects.toThrow(reason);

  expect(qmp.sent).toEqual([]);
});

test('unplug waits until the machine has let the device go', async () => {
  const qmp = fakeQmp();
  let isDone = false;

  const unplugged = controlOver(qmp)('unplug stick').then(() => (isDone = true));
  qmp.emit('DEVICE_DELETED', { device: 'mouse' });
  await Promise.resolve();
  expect(isDone).toBe(false);
  qmp.emit('DEVICE_DELETED', { device: 'stick' });

  await expect(unplugged).resolves.toBe(true);
});

test("QEMU's refusal is passed on", async () => {
  const qmp = fakeQmp();
  qmp.execute = () => Promise.reject(new Error("Device 'stick' not found"));

  await expect(controlOver(qmp)('unplug stick')).rejects.toThrow('not found');
});

function key(data: string, down: boolean, device?: string) {
  const events = [{ type: 'key', data: { down, key: { type: 'qcode', data } } }];
  return ['input-send-event', device === undefined ? { events } : { device, events }];
}

function moved(axis: string, value: number) {
  return { type: 'rel', data: { axis, value } };
}

function fakeQmp() {
  const sent: unknown[][] = [];
  const listeners = new Map<string, (data: unknown) => void>();
  const qmp: Qmp = {
    execute: (command, args) => Promise.resolve(sent.push([command, args])),
    on: (event, listener) => void listeners.set(event, listener),
  };
  return { ...qmp, sent, emit: (event: string, data: unknown) => listeners.get(event)?.(data) };
}
