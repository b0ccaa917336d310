import { expect, test } from 'vitest';
import { evdevInputArguments, virtioInputArguments } from '../../src/qemu/input-arguments.ts';

const folder = '/dev/input/by-handglass';
const pen = `-device virtio-input-host-pci,evdev=${folder}/win10-pen`;

test('QEMU reads the proxies and feeds its own devices, and the guest sees the clones', () => {
  expect(evdevInputArguments('win10', ['win10-pen']).split('\n')).toEqual([
    `-object input-linux,id=keyboard,evdev=${folder}/win10-keyboard,grab_all=on,repeat=on,grab-toggle=meta-meta`,
    `-object input-linux,id=pointer,evdev=${folder}/win10-pointer`,
    pen,
  ]);
});

test('with virtio the guest sees the proxies and the clones', () => {
  expect(virtioInputArguments('win10', ['win10-pen']).split('\n')).toEqual([
    `-device virtio-input-host-pci,evdev=${folder}/win10-keyboard`,
    `-device virtio-input-host-pci,evdev=${folder}/win10-pointer`,
    pen,
  ]);
});
