import { expect, test } from 'vitest';
import { usbSeats } from '../../src/seat/usb-seats.ts';
import { inputDevice } from '../input/devices.ts';
import { usbDevice } from '../usb/devices.ts';

test('a port has the seats whose `usb` names what is there, once each and not what one reads', () => {
  const devices = [
    usbDevice({ port: '1-1', serial: 'M1' }),
    usbDevice({ port: '1-2' }),
    usbDevice({ port: '1-3', classes: ['01'] }),
  ];
  const seats = [
    { name: 'desk', input: [{ port: '1-2' }], usb: [{ serial: 'M1' }, { port: '1-1' }] },
    { name: 'sofa', input: [], usb: [{ class: 'hid' as const }] },
  ];
  expect([...usbSeats(seats, [inputDevice({ port: '1-2' })], devices)]).toEqual([
    ['1-1', ['desk', 'sofa']],
  ]);
});
