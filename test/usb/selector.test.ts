import { expect, test } from 'vitest';
import type { UsbSelector } from '../../src/config/selectors.ts';
import type { UsbDevice } from '../../src/system/usb.ts';
import {
  fittingUsb,
  selectUsb,
  shortestUsbSelector,
  usbSelectorText,
} from '../../src/usb/selector.ts';
import { usbDevice, usbHub } from './devices.ts';

function device(port: string, vendor: string, product: string, serial: string | null): UsbDevice {
  return usbDevice({ port, vendor, product, serial });
}

const devices = [
  device('1-1', '0627', '0001', 'KBD1'),
  device('1-2', '0627', '0001', 'MOUSE1'),
  device('1-3', '1532', '0037', null),
  device('1-4.1', '046d', 'c52b', 'SAME'),
  device('1-4.2', '046d', 'c52b', 'SAME'),
  device('1-5', '0627', '0002', 'OTHER'),
];

test.each([
  { selector: { vendor: '1532', product: '0037' }, port: '1-3', reason: 'it is the only one' },
  { selector: { vendor: '0627', product: '0002' }, port: '1-5', reason: 'its product differs' },
  { selector: { vendor: '1532', product: '0001' }, port: null, reason: 'both ids must fit' },
  { selector: { serial: 'MOUSE1' }, port: '1-2', reason: 'serials tell two of a kind apart' },
  { selector: { serial: 'mouse1' }, port: null, reason: 'serials have upper and lower case' },
  { selector: { serial: 'MOUSE' }, port: null, reason: 'a part of a serial is none' },
  { selector: { port: '1-4.2' }, port: '1-4.2', reason: 'ports tell two of one serial apart' },
  { selector: { port: '1-4' }, port: null, reason: 'a hub is not what is plugged into it' },
  {
    selector: { vendor: '0627', product: '0001', serial: 'KBD1' },
    port: '1-1',
    reason: 'all three fit',
  },
  {
    selector: { vendor: '0627', product: '0002', serial: 'KBD1' },
    port: null,
    reason: 'all three must fit',
  },
])('$selector selects $port because $reason', ({ selector, port }) => {
  expect(selectUsb(selector, devices).map((each) => each.port)).toEqual(
    port === null ? [] : [port],
  );
});

test('nothing is selected where nothing is plugged in', () => {
  expect(selectUsb({ serial: 'A' }, [])).toEqual([]);
});

test.each([
  {
    selector: { vendor: '0627', product: '0001' },
    message:
      '2 USB devices match 0627:0001. Select one: Device 1-1 is { serial = "KBD1" }, Device 1-2 is { serial = "MOUSE1" }.',
    reason: 'their serials tell them apart',
  },
  {
    selector: { serial: 'SAME' },
    message:
      '2 USB devices match SAME. Select one: Device 1-4.1 is { port = "1-4.1" }, Device 1-4.2 is { port = "1-4.2" }.',
    reason: 'only their ports tell them apart',
  },
  {
    selector: { vendor: '046d', product: 'c52b', serial: 'SAME' },
    message:
      '2 USB devices match 046d:c52b SAME. Select one: Device 1-4.1 is { port = "1-4.1" }, Device 1-4.2 is { port = "1-4.2" }.',
    reason: 'a whole selector is not enough',
  },
])('$selector is refused with a selector for each when $reason', ({ selector, message }) => {
  const ports = fittingUsb(selector, devices).map(({ port }) => port);
  expect(ports).toHaveLength(2);
  try {
    selectUsb(selector, devices);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'device-ambiguous', message });
  }
});

test('of two devices without a serial number each is named by its port', () => {
  const pads = [device('1-1', '045e', '028e', null), device('1-2', '045e', '028e', 'B')];
  expect(() => selectUsb({ vendor: '045e', product: '028e' }, pads)).toThrow(
    'Select one: Device 1-1 is { port = "1-1" }, Device 1-2 is { serial = "B" }.',
  );
});

const spare = { controller: '0000:03:00.0' };
const desk = [
  usbHub('1-2'),
  usbDevice({ port: '1-2.1', classes: ['01', '03'] }),
  usbHub('1-2.4'),
  usbDevice({ port: '1-2.4.1', classes: ['0e', '01'] }),
  usbDevice({ port: '1-20', classes: ['ff'] }),
  { ...usbHub('2-1'), ...spare },
  usbDevice({ port: '2-1.1', classes: ['08'], ...spare }),
];

test.each<{ selector: UsbSelector; ports: string[]; reason: string }>([
  { selector: { class: 'audio' }, ports: ['1-2.1', '1-2.4.1'], reason: 'any interface counts' },
  { selector: { class: 'storage' }, ports: ['2-1.1'], reason: 'one is also several' },
  { selector: { class: 'printer' }, ports: [], reason: 'there is none' },
  { selector: { hub: '1-2' }, ports: ['1-2.1', '1-2.4.1'], reason: 'a hub below is passed by' },
  { selector: { hub: '1-2.4' }, ports: ['1-2.4.1'], reason: 'a hub can be behind another' },
  { selector: { hub: '1-20' }, ports: [], reason: 'what is no hub has nothing below it' },
  { selector: spare, ports: ['2-1.1'], reason: 'the other controller does not count' },
])('$selector selects $ports: $reason', ({ selector, ports }) => {
  expect(selectUsb(selector, desk).map(({ port }) => port)).toEqual(ports);
});

test.each<{ selector: UsbSelector; ports: string[]; reason: string }>([
  { selector: { class: 'audio' }, ports: ['1-2.4.1'], reason: 'of a class' },
  { selector: { hub: '1-2' }, ports: ['1-2.4.1'], reason: 'of a hub' },
  {
    selector: { controller: '0000:00:05.0' },
    ports: ['1-2.4.1', '1-20'],
    reason: 'of a controller',
  },
  { selector: { port: '1-2.1' }, ports: ['1-2.1'], reason: 'but not of one device' },
])('what a seat reads is passed over by selectors $reason', ({ selector, ports }) => {
  const sources = new Set(['1-2.1']);
  expect(selectUsb(selector, desk, sources).map(({ port }) => port)).toEqual(ports);
  expect(fittingUsb(selector, desk, sources).map(({ port }) => port)).toEqual(ports);
});

test.each<{ changes: Partial<UsbDevice>; among: UsbDevice[]; selector: UsbSelector }>([
  { changes: { serial: 'A' }, among: [], selector: { serial: 'A' } },
  { changes: {}, among: [], selector: { vendor: '0627', product: '0001' } },
  {
    changes: { serial: 'A\u001b' },
    among: [],
    selector: { vendor: '0627', product: '0001' },
  },
  {
    changes: { serial: 'A' },
    among: [device('1-8', '1532', '0037', 'A')],
    selector: { vendor: '0627', product: '0001' },
  },
  {
    changes: { serial: 'A' },
    among: [device('1-8', '1532', '0037', 'A'), device('1-9', '0627', '0001', 'B')],
    selector: { vendor: '0627', product: '0001', serial: 'A' },
  },
  { changes: {}, among: [device('1-9', '0627', '0001', null)], selector: { port: '1-1' } },
])('$selector is the shortest of $changes among $among.length others', (row) => {
  const one = usbDevice(row.changes);
  expect(shortestUsbSelector(one, [one, ...row.among])).toEqual(row.selector);
});

test.each<{ selector: UsbSelector; text: string }>([
  { selector: { class: 'audio' }, text: 'class audio' },
  { selector: { hub: '1-2' }, text: 'hub 1-2' },
  { selector: { controller: '0000:03:00.0' }, text: 'controller 0000:03:00.0' },
  { selector: { vendor: '0627', product: '0001' }, text: '0627:0001' },
  { selector: { serial: 'A B' }, text: 'A B' },
  { selector: { port: '1-2.3' }, text: '1-2.3' },
  { selector: { vendor: '0627', product: '0001', serial: 'A' }, text: '0627:0001 A' },
])('$selector is written $text', ({ selector, text }) => {
  expect(usbSelectorText(selector)).toBe(text);
});
