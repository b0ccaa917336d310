import { expect, test } from 'vitest';
import { changeIn } from './driver-changes.ts';

const path = '/devices/pci0000:00/0000:00:06.0/usb1/1-2/1-2:1.0';

test.each([
  [`KERNEL[12.5] bind     ${path} (usb)\nACTION=bind\nDRIVER=usbhid\n`, true],
  [`KERNEL[12.5] bind     ${path} (usb)\nACTION=bind\nDRIVER=usbfs\n`, false],
  [`KERNEL[12.5] unbind   ${path} (usb)\nACTION=unbind\n`, false],
])('%j says whether a driver of the host has the interface', (block, isWithHost) => {
  expect(changeIn(block)).toEqual({ name: '1-2:1.0', isWithHost, atMs: 12_500 });
});

test.each([
  ['monitor will print the received events for:\nKERNEL - the kernel uevent\n'],
  [`KERNEL[12.5] add      ${path} (usb)\nACTION=add\nDRIVER=usbhid\n`],
])('%j says nothing of a driver', (block) => {
  expect(changeIn(block)).toBeNull();
});
