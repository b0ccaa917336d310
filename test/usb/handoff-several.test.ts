import { expect, test } from 'vitest';
import { heldMouse, heldPad, heldStick, replug, start, stick } from './desk.ts';

test('every device of a class goes and comes back, each once however many selectors name it', async () => {
  const { give, take, held, hostdevs } = await start();
  await give(stick, { class: 'hid' });
  expect(held()).toEqual([heldStick, heldMouse, heldPad]);
  await take(stick, { class: 'hid' });
  expect(held()).toEqual([]);
  expect(hostdevs.calls).toHaveLength(6);
});

test('one device of several that fails is named, and brings those before it back', async () => {
  const { give, held, hostdevs } = await start();
  hostdevs.fail = (call) => {
    if (call === 'attach win10 1-2.3') throw new Error('No free USB ports');
  };
  await expect(give({ class: 'hid' })).rejects.toThrow(
    /Stick \(port 1-2\.3\): No free USB ports\. (Pad \(port 2-1\): brought back\. )?Mouse \(port 1-1\): brought back\./,
  );
  expect(held()).toEqual([]);
});

test('what takes the place of one that is pulled out while it is attached is not of the class', async () => {
  const { give, held, hostdevs, unplugUsb, plugUsb } = await start();
  hostdevs.fail = async (call) => {
    if (call !== 'attach win10 2-1') return;
    await unplugUsb('2-1');
    await plugUsb({ port: '2-1', device: 9, interfaces: [{ class: '08' }] });
    throw new Error('Did not find USB device 045e:0001 bus:2 device:2');
  };
  await expect(give({ class: 'hid' })).rejects.toThrow('Pad (port 2-1): Did not find USB device');
  expect(held()).toEqual([]);
});

test('one of several that is plugged in anew while it is attached is tried once more', async () => {
  const machine = await start();
  const { give, held, hostdevs } = machine;
  hostdevs.fail = async (_, device) => {
    if (device?.port !== '1-1' || device.device !== 2) return;
    await replug(machine, 9);
    throw new Error('Did not find USB device 0627:0001 bus:1 device:2');
  };
  await give({ class: 'hid' });
  expect(new Set(held())).toEqual(new Set([{ ...heldMouse, device: 9 }, heldStick, heldPad]));
});
