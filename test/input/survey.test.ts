import { expect, test } from 'vitest';
import { surveyInput } from '../../src/input/survey.ts';
import { lidBits } from '../system/capability-bits.ts';
import { inputDevice } from './devices.ts';

const keyboard = inputDevice({ path: '/dev/input/event1', name: 'Left', port: '1-1' });
const twin = inputDevice({ path: '/dev/input/event2', name: 'Right', port: '1-2' });
const lid = inputDevice({ path: '/dev/input/event3', name: 'Lid', bits: lidBits });
const readable = new Set<string>();

test('a device is shown with its selector, whose form and names stay', () => {
  expect(surveyInput([keyboard], [], readable)).toEqual([
    {
      path: '/dev/input/event1',
      name: 'Left',
      kind: 'keyboard',
      vendor: '0627',
      product: '0001',
      serial: null,
      port: '1-1',
      ids: [],
      selector: { vendor: '0627', product: '0001' },
      seat: null,
      usbSeats: [],
      remarks: [],
    },
  ]);
});

test('a device belongs to the first seat that names it', () => {
  const seats = [
    { name: 'sofa', input: [{ port: '1-2' }] },
    { name: 'desk', input: [{ port: '1-1' }] },
    { name: 'bench', input: [{ name: 'Left' }] },
  ];
  const seatOf = surveyInput([keyboard, twin, lid], seats, readable).map(({ seat }) => seat);
  expect(seatOf).toEqual(['desk', 'sofa', null]);
});

test('a selector of the configuration that names two devices is remarked on at both', () => {
  const seats = [{ name: 'desk', input: [{ vendor: '0627', product: '0001' }] }];
  const remarks = surveyInput([keyboard, twin, lid], seats, readable).map((each) => each.remarks);
  const written = '{ vendor = "0627", product = "0001" }';
  expect(remarks.slice(0, 2)).toEqual([
    [`${written} in the configuration also takes Right (/dev/input/event2)`],
    [`${written} in the configuration also takes Left (/dev/input/event1)`],
  ]);
});

test('a device that is never taken has no selector, no seat, and the reason', () => {
  const seats = [{ name: 'desk', input: [{ name: '*' }] }];
  expect(surveyInput([lid], seats, new Set([lid.path]))).toMatchObject([
    {
      selector: null,
      seat: null,
      remarks: ['never taken: it has a switch, such as a lid, of which the host must know'],
    },
  ]);
});

test('where no selector is exact, what the narrowest takes besides is said', () => {
  const [first, second] = [inputDevice(), inputDevice({ path: '/dev/input/event2' })];
  expect(surveyInput([first, second], [], readable)).toMatchObject([
    { remarks: ['the selector also takes Keyboard (/dev/input/event2)'] },
    { remarks: ['the selector also takes Keyboard (/dev/input/event1)'] },
  ]);
});

test('a device that the service has no right to read is remarked on', () => {
  expect(surveyInput([keyboard], [], new Set([keyboard.path]))).toMatchObject([
    { remarks: ['the service has no right to read it'] },
  ]);
});
