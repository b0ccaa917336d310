import { expect, test } from 'vitest';
import { sourcePorts } from '../../src/input/sources.ts';
import { usbDevice } from '../usb/devices.ts';
import { inputDevice } from './devices.ts';

const address = '00:1a:7d:da:71:13';
const wireless = inputDevice({ path: '/dev/input/event5', name: 'Keys', phys: address });
const wired = inputDevice({ path: '/dev/input/event6', name: 'Mouse', port: '1-1' });
const adapter = usbDevice({ port: '1-4', classes: ['e0'], drivers: ['btusb'] });
const other = { ...adapter, port: '1-5' };
const lent = { ...adapter, port: '1-6', drivers: ['usbfs'] };
const usb = [usbDevice({ port: '1-1' }), usbDevice({ port: '1-2' }), adapter, other, lent];

test('a seat needs the port of what it reads, and no adapter for that', () => {
  const seats = [{ name: 'desk', input: [{ name: 'Mouse' }] }];
  expect(sourcePorts(seats, [wireless, wired], usb)).toEqual(
    new Map([['1-1', { seat: 'desk', selector: '{ name = "Mouse" }' }]]),
  );
});

test('a seat that reads what is on Bluetooth needs every adapter that no domain has', () => {
  const seats = [
    { name: 'desk', input: [] },
    { name: 'sofa', input: [{ name: 'Ke*' }] },
  ];
  const use = { seat: 'sofa', selector: '{ name = "Ke*" }', onBluetooth: 'Keys' };
  expect(sourcePorts(seats, [wireless, wired], usb)).toEqual(
    new Map([
      ['1-4', use],
      ['1-5', use],
    ]),
  );
});

test('what is neither on USB nor on Bluetooth needs no port', () => {
  const seats = [{ name: 'desk', input: [{ name: 'Keyboard' }] }];
  const inside = inputDevice({ phys: 'isa0060/serio0/input0' });
  expect(sourcePorts(seats, [inside], usb)).toEqual(new Map());
});
