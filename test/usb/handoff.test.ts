import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { usbDevices } from '../../src/system/usb.ts';
import { failing } from '../system/sysfs.ts';
import {
  absentDevice,
  giveFrom,
  heldMouse,
  heldPad,
  heldStick,
  mouse,
  pad,
  replug,
  start,
  stick,
  takeFrom,
} from './desk.ts';

const remedy = '`handglass status` shows where each device is now.';
const foreignRemedy =
  'Take it out of win10 with `virsh edit win10`, and with `virsh detach-device` while it runs; or take it out of `usb` in the configuration.';
const away = new HandglassError('libvirt-unavailable', 'libvirt cannot be reached.');

test('devices go to a domain in order, and come back', async () => {
  const { give, take, held, hostdevs } = await start();
  await give(mouse, stick, pad);
  expect(held()).toEqual([heldMouse, heldStick, heldPad]);
  await take(mouse, stick, pad);
  expect(held()).toEqual([]);
  expect(hostdevs.calls).toEqual([
    'attach win10 1-1',
    'attach win10 1-2.3',
    'attach win10 2-1',
    'detach win10 ua-handglass-1-1',
    'detach win10 ua-handglass-1-2_3',
    'detach win10 ua-handglass-2-1',
  ]);
});

test('giving and taking twice is giving and taking once', async () => {
  const { give, take, hostdevs } = await start();
  await give(mouse);
  await give(mouse);
  await take(mouse);
  await take(mouse);
  expect(hostdevs.calls).toEqual(['attach win10 1-1', 'detach win10 ua-handglass-1-1']);
});

test('a device that is not plugged in stays out, and keeps no other one back', async () => {
  const { give, take, held } = await start();
  await give(absentDevice, mouse);
  expect(held()).toEqual([heldMouse]);
  await take(absentDevice, mouse);
  expect(held()).toEqual([]);
});

test.each([
  {
    selectors: [{ class: 'printer' as const }, { hub: '1-9' }],
    message:
      "None of the seat's USB devices is plugged in (class printer, hub 1-9). Plug one in, or correct the selectors; `handglass usb` lists what is there.",
    reason: 'no device is of the class',
  },
  {
    selectors: [absentDevice, { port: '9-9' }, { vendor: 'dead', product: 'beef' }],
    message:
      "None of the seat's USB devices is plugged in (ABSENT, 9-9, dead:beef). Plug one in, or correct the selectors; `handglass usb` lists what is there.",
    reason: 'none is plugged in',
  },
  {
    selectors: [],
    message: 'The seat has no USB device in the configuration. Add one to its `usb` list.',
    reason: 'none is configured',
  },
])('there is nothing to give when $reason', async ({ selectors, message }) => {
  const { give, take, hostdevs } = await start();
  await expect(give(...selectors)).rejects.toMatchObject({ code: 'device-absent', message });
  await take(...selectors);
  expect(hostdevs.calls).toEqual([]);
});

test.each([
  { selectors: [{ vendor: '0627', product: '0001' }], reason: 'it is the only one' },
  { selectors: [mouse, { vendor: '0627', product: '0001' }], reason: 'one before it is not' },
])('an ambiguous selector moves nothing when $reason', async ({ selectors }) => {
  const { give, hostdevs } = await start();
  await expect(give(...selectors)).rejects.toMatchObject({
    code: 'device-ambiguous',
    what: '2 USB devices match 0627:0001.',
  });
  expect(hostdevs.calls).toEqual([]);
});

test('a device that fails brings those before it back, the last one first', async () => {
  const { give, held, hostdevs } = await start();
  const refusal = new Error('No free USB ports.');
  hostdevs.fail = (call) => {
    if (call === 'attach win10 2-1') throw refusal;
  };
  await expect(give(mouse, stick, pad)).rejects.toMatchObject({
    code: 'handoff-failed',
    message: `The USB devices could not go to win10. Pad (port 2-1): No free USB ports. Stick (port 1-2.3): brought back. Mouse (port 1-1): brought back. ${remedy}`,
    cause: refusal,
  });
  expect(held()).toEqual([]);
  expect(hostdevs.calls.slice(3)).toEqual([
    'detach win10 ua-handglass-1-2_3',
    'detach win10 ua-handglass-1-1',
  ]);
});

test('a device that does not come back is told of, and keeps no other one there', async () => {
  const { give, held, hostdevs } = await start();
  hostdevs.fail = (call) => {
    if (call === 'attach win10 2-1') throw new Error('No free USB ports');
    if (call === 'detach win10 ua-handglass-1-2_3') throw new Error('the guest holds it');
  };
  await expect(give(mouse, stick, pad)).rejects.toMatchObject({
    code: 'handoff-failed',
    what: 'The USB devices could not go to win10. Pad (port 2-1): No free USB ports. Stick (port 1-2.3): not brought back, the guest holds it. Mouse (port 1-1): brought back.',
  });
  expect(held()).toEqual([heldStick]);
});

test('a device that the domain had before stays when another one fails', async () => {
  const { give, held, hostdevs } = await start();
  await give(mouse);
  hostdevs.fail = (call) => {
    if (call === 'attach win10 2-1') throw new Error('No free USB ports');
  };
  await expect(give(mouse, stick, pad)).rejects.toThrow('Stick (port 1-2.3): brought back');
  expect(held()).toEqual([heldMouse]);
});

test('a libvirt that is away from the start is the whole story', async () => {
  const { give, take, hostdevs } = await start();
  hostdevs.fail = () => {
    throw away;
  };
  await expect(give(mouse, stick)).rejects.toBe(away);
  await expect(take(mouse, stick)).rejects.toBe(away);
});

test('a libvirt that goes away half way leaves nothing behind that can be brought back', async () => {
  const { give, held, hostdevs } = await start();
  hostdevs.fail = (call) => {
    if (call === 'attach win10 1-2.3') throw away;
  };
  await expect(give(mouse, stick)).rejects.toBe(away);
  expect(held()).toEqual([]);
});

test('a device that is plugged in anew while it is attached is tried once more', async () => {
  const machine = await start();
  const { give, held, hostdevs } = machine;
  hostdevs.fail = async (_, device) => {
    if (device?.device !== 2) return;
    await replug(machine, 9);
    throw new Error('Did not find USB device 0627:0001 bus:1 device:2');
  };
  await give(mouse);
  expect(held()).toEqual([{ ...heldMouse, device: 9 }]);
  expect(hostdevs.calls).toEqual(['attach win10 1-1', 'attach win10 1-1']);
});

test('it is tried once more only once', async () => {
  const machine = await start();
  let number = 2;
  machine.hostdevs.fail = async (call) => {
    if (!call.startsWith('attach ')) return;
    number += 1;
    await replug(machine, number);
    throw new Error(`it is device ${number} now`);
  };
  await expect(machine.give(mouse)).rejects.toThrow('Mouse (port 1-1): it is device 4 now.');
  expect(machine.hostdevs.calls).toHaveLength(2);
});

test('a device that is pulled out while it is attached fails, and is named', async () => {
  const { give, held, hostdevs, unplugUsb } = await start();
  hostdevs.fail = async (call) => {
    if (call !== 'attach win10 1-2.3') return;
    await unplugUsb('1-2.3');
    throw new Error('Did not find USB device');
  };
  await expect(give(mouse, stick)).rejects.toThrow(
    'Stick (port 1-2.3): Did not find USB device. Mouse (port 1-1): brought back.',
  );
  expect(held()).toEqual([]);
});

test('a device that was plugged in anew while the domain had it can be given again', async () => {
  const machine = await start();
  await machine.give(mouse);
  await replug(machine, 9);
  await machine.give(mouse);
  expect(machine.held()).toEqual([{ ...heldMouse, device: 9 }]);
});

const foreign = { bus: 1, device: 2, alias: 'hostdev0' };

test.each([
  { hostdev: foreign, reason: 'has an alias of libvirt' },
  { hostdev: { ...foreign, alias: null }, reason: 'has no alias' },
  { hostdev: { ...foreign, alias: 'ua-handglass-9-9' }, reason: "has another port's alias" },
])('a device that another program attached is never detached when it $reason', async (row) => {
  const { give, take, held, hostdevs } = await start();
  await give(stick);
  hostdevs.held.set('win10', [row.hostdev, heldStick]);
  await expect(give(stick, mouse)).rejects.toMatchObject({
    code: 'handoff-failed',
    message: `The USB devices could not go to win10. Mouse (port 1-1): another program attached it. ${foreignRemedy}`,
  });
  await expect(take(mouse, stick)).rejects.toMatchObject({
    code: 'handoff-failed',
    message: `Not every USB device came back from win10. Mouse (port 1-1): another program attached it. ${foreignRemedy}`,
  });
  expect(held()).toEqual([row.hostdev]);
});

test('taking tries each device and names every failure', async () => {
  const { give, take, held, hostdevs } = await start();
  await give(mouse, stick, pad);
  hostdevs.fail = (call) => {
    if (call === 'detach win10 ua-handglass-1-1') throw new Error('the guest holds it');
    if (call === 'detach win10 ua-handglass-2-1') throw new Error('it is migrating');
  };
  await expect(take(mouse, stick, pad)).rejects.toMatchObject({
    code: 'handoff-failed',
    message: `Not every USB device came back from win10. Mouse (port 1-1): the guest holds it. Pad (port 2-1): it is migrating. ${remedy}`,
    cause: { errors: [new Error('the guest holds it'), new Error('it is migrating')] },
  });
  expect(held()).toEqual([heldMouse, heldPad]);
});

test('a domain that cannot be read is told of, and keeps what it has', async () => {
  const { give, take, held, hostdevs } = await start();
  await give(mouse);
  const refusal = new Error("failed to get domain 'win10'");
  hostdevs.fail = (call) => {
    if (call === 'attached win10') throw refusal;
  };
  await expect(take(mouse)).rejects.toMatchObject({
    code: 'handoff-failed',
    what: "What win10 has cannot be read. failed to get domain 'win10'.",
    cause: refusal,
  });
  expect(held()).toEqual([heldMouse]);
});

test('taking leaves what the selectors do not name', async () => {
  const { give, take, held } = await start();
  await give(mouse, stick);
  await take(stick);
  expect(held()).toEqual([heldMouse]);
});

test('a second device of the kind, plugged in meanwhile, keeps none from coming back', async () => {
  const { give, take, held, plugUsb } = await start();
  await give(pad);
  await plugUsb({ port: '2-2', device: 5, vendor: '045e', model: 'Pad' });
  await take(pad);
  expect(held()).toEqual([]);
});

test('a machine that cannot be read moves nothing', async () => {
  const { host, hostdevs } = await start();
  const broken = () => usbDevices(failing(host, 'idVendor', 'EIO'));
  await expect(giveFrom(broken, hostdevs, [mouse])).rejects.toMatchObject({
    code: 'EIO',
  });
  await expect(takeFrom(broken, hostdevs, [mouse])).rejects.toMatchObject({ code: 'EIO' });
  expect(hostdevs.calls).toEqual([]);
});
