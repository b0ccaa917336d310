/** What is left of a handoff in the midst of which something is lost: nothing. */
import { expect, test } from 'vitest';
import { giveUsb } from '../../src/usb/handoff.ts';
import { memoryLibvirt } from '../libvirt/libvirt-in-memory.ts';
import { refused, unavailable } from '../libvirt/scripted-virsh.ts';
import { giveFrom, groundOf, mouse, pad, replug, start, stick } from './desk.ts';

const blind = () => Promise.reject(new Error('the machine cannot be read'));

test('libvirt is lost between two devices: the first comes back', async () => {
  const { look } = await start();
  const { hostdevs, held } = await memoryLibvirt((command, times) => {
    if (command === 'attach-device' && times === 2) throw unavailable;
  });
  await expect(giveFrom(look, hostdevs, [mouse, stick])).rejects.toBe(unavailable);
  expect([...held.keys()]).toEqual([]);
});

test('libvirt is lost while a device that was plugged in anew is tried once more', async () => {
  const machine = await start();
  let tries = 0;
  const { hostdevs, held } = await memoryLibvirt((command, _, what) => {
    if (command !== 'attach-device' || !what.endsWith('-1-1.xml')) return;
    tries += 1;
    throw tries === 1 ? refused('Did not find USB device') : unavailable;
  });
  const ground = await groundOf(machine.look, hostdevs);
  await replug(machine, 9);
  await expect(
    giveUsb(machine.look, hostdevs, 'win10', [mouse, stick], ground),
  ).rejects.toMatchObject({
    what: 'The USB devices could not go to win10. Mouse (port 1-1): libvirt is away. Stick (port 1-2.3): brought back.',
  });
  expect([...held.keys()]).toEqual([]);
});

test('what the domain has cannot be read afterwards: all that may be there comes back', async () => {
  const { look } = await start();
  let isBusy = false;
  const { hostdevs, held } = await memoryLibvirt((command) => {
    if (command === 'attach-device') isBusy = true;
    if (command === 'detach-device-alias') isBusy = false;
    if (command === 'dumpxml' && isBusy) throw refused('cannot acquire state change lock');
  });
  await expect(giveFrom(look, hostdevs, [mouse, stick])).rejects.toMatchObject({
    code: 'handoff-failed',
    what: 'The USB devices could not go to win10. Mouse (port 1-1): cannot acquire state change lock. Stick (port 1-2.3): cannot acquire state change lock.',
  });
  expect([...held.keys()]).toEqual([]);
});

test('the machine cannot be looked at after a failure: the failure is told', async () => {
  const { look, hostdevs, held } = await start();
  hostdevs.fail = (call) => {
    if (call === 'attach win10 2-1') throw new Error('No free USB ports');
  };
  const ground = await groundOf(look, hostdevs);
  await expect(giveUsb(blind, hostdevs, 'win10', [mouse, pad], ground)).rejects.toMatchObject({
    what: 'The USB devices could not go to win10. Pad (port 2-1): No free USB ports. Mouse (port 1-1): brought back.',
  });
  expect(held()).toEqual([]);
});

test('a device that moved to another port meanwhile comes back from there', async () => {
  const machine = await start();
  const { hostdevs } = machine;
  hostdevs.fail = async (call) => {
    if (call === 'attach win10 2-1') throw new Error('No free USB ports');
    if (call !== 'attach win10 1-1') return;
    await machine.unplugUsb('1-1');
    await machine.plugUsb({ port: '1-4', device: 9, serial: 'MOUSE', model: 'Mouse' });
    throw new Error('Did not find USB device');
  };
  await expect(machine.give(mouse, pad)).rejects.toThrow('Mouse (port 1-4): brought back');
  expect(machine.held()).toEqual([]);
});

test('a device that has the same number on another bus by now is tried once more', async () => {
  const machine = await start();
  machine.hostdevs.fail = async (call) => {
    if (call !== 'attach win10 1-1') return;
    await machine.unplugUsb('1-1');
    await machine.plugUsb({ port: '3-1', device: 2, serial: 'MOUSE', model: 'Mouse' });
    throw new Error('Did not find USB device');
  };
  await machine.give(mouse);
  expect(machine.held()).toEqual([{ bus: 3, device: 2, alias: 'ua-handglass-3-1' }]);
});

test('once nobody can be asked, none of the others is waited for in vain', async () => {
  const { give, hostdevs, held } = await start();
  hostdevs.fail = (call) => {
    if (call === 'attach win10 2-1') throw new Error('No free USB ports');
    if (call.startsWith('detach ')) throw unavailable;
  };
  await expect(give(mouse, stick, pad)).rejects.toThrow(
    'Stick (port 1-2.3): not brought back, libvirt is away. Mouse (port 1-1): not brought back, libvirt is away',
  );
  expect(hostdevs.calls.filter((call) => call.startsWith('detach '))).toHaveLength(1);
  expect(held()).toHaveLength(2);
});
