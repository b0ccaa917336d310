import { expect, test } from 'vitest';
import { isBluetoothAdapter, isOnBluetooth } from '../../src/system/bluetooth.ts';
import { inputDevice } from '../input/devices.ts';
import { usbDevice } from '../usb/devices.ts';

test.each([
  { classes: ['e0'], drivers: ['btusb'], adapter: true, reason: 'as most are' },
  { classes: ['e0'], drivers: ['rtk_btusb'], adapter: true, reason: "with its vendor's driver" },
  { classes: ['ff'], drivers: ['btusb'], adapter: true, reason: "with its vendor's class" },
  { classes: ['e0', '0a'], drivers: ['rndis_host'], adapter: false, reason: 'a phone' },
  { classes: ['03'], drivers: ['usbhid'], adapter: false, reason: 'a mouse' },
])('$classes with $drivers is a Bluetooth adapter: $adapter, $reason', ({ adapter, ...facts }) => {
  expect(isBluetoothAdapter(usbDevice(facts))).toBe(adapter);
});

test.each([
  { phys: '00:1a:7d:da:71:13', port: null, wireless: true },
  { phys: '00:1A:7D:DA:71:13', port: null, wireless: true },
  { phys: 'usb-0000:00:14.0-2/input0', port: '1-2', wireless: false },
  { phys: 'isa0060/serio0/input0', port: null, wireless: false },
  { phys: '', port: null, wireless: false },
])('what is at $phys is on Bluetooth: $wireless', ({ phys, port, wireless }) => {
  expect(isOnBluetooth(inputDevice({ phys, port }))).toBe(wireless);
});
