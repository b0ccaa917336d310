import { expect, test } from 'vitest';
import type { InputSelector } from '../../src/config/selectors.ts';
import { inputSelectorText, selectInput } from '../../src/input/selector.ts';
import type { InputDevice } from '../../src/system/input.ts';

const devices: InputDevice[] = [
  {
    path: '/dev/input/event4',
    ids: ['usb-G_Pro-event-kbd', 'usb-G_Pro_A1-event-kbd'],
    name: 'Logitech G Pro',
    vendor: '046d',
    product: 'c339',
    port: '1-2.3',
    serial: 'A1',
  },
  {
    path: '/dev/input/event5',
    ids: ['usb-G_Pro-event-if01'],
    name: 'Logitech G Pro (Keyboard) [2+1]',
    vendor: '046d',
    product: 'c339',
    port: '1-2.3',
    serial: 'A1',
  },
  {
    path: '/dev/input/event0',
    ids: [],
    name: 'AT Translated Set 2 keyboard',
    vendor: '0001',
    product: '0001',
    port: null,
    serial: null,
  },
];

test.each<{ selector: InputSelector; events: number[]; reason: string }>([
  { selector: { id: 'usb-G_Pro_A1-event-kbd' }, events: [4], reason: 'a node can have more links' },
  { selector: { id: 'usb-G_Pro' }, events: [], reason: 'a part of a link is none' },
  { selector: { vendor: '046d', product: 'c339' }, events: [4, 5], reason: 'each node counts' },
  { selector: { vendor: '046d', product: '0001' }, events: [], reason: 'both ids must fit' },
  { selector: { serial: 'A1' }, events: [4, 5], reason: 'each node counts' },
  { selector: { port: '1-2.3' }, events: [4, 5], reason: 'each node counts' },
  { selector: { port: '1-2' }, events: [], reason: 'a hub is not what is plugged into it' },
  { selector: { port: 'null' }, events: [], reason: 'no port is no text' },
  { selector: { name: 'Logitech G Pro' }, events: [4], reason: 'a name is the whole name' },
  { selector: { name: 'logitech*' }, events: [], reason: 'names have upper and lower case' },
  { selector: { name: 'Logitech*' }, events: [4, 5], reason: 'a star is any text' },
  { selector: { name: 'Logitech G Pro*' }, events: [4, 5], reason: 'a star may be no text' },
  { selector: { name: '*keyboard' }, events: [0], reason: 'a star can come first' },
  { selector: { name: '*G*(*)*' }, events: [5], reason: 'several stars' },
  { selector: { name: '*' }, events: [4, 5, 0], reason: 'a star alone is everything' },
  {
    selector: { name: 'Logitech G Pro (Keyboard) [2+1]' },
    events: [5],
    reason: 'brackets and plus stand for themselves',
  },
  { selector: { name: 'Logitech.G.Pro' }, events: [], reason: 'a dot stands for itself' },
  { selector: { name: 'Logitech G Pro|AT.*' }, events: [], reason: 'a bar stands for itself' },
  { selector: { name: '^Logitech G Pro$' }, events: [], reason: 'anchors stand for themselves' },
])('$selector selects $events because $reason', ({ selector, events }) => {
  const paths = selectInput(selector, devices).map(({ path }) => path);
  expect(paths).toEqual(events.map((event) => `/dev/input/event${event}`));
});

test.each(['^', '$', '(', ')', '+', '.', '/', '?', '[', ']', '\\', '{', '}', '|', '-', ',', '#'])(
  'in a name pattern %s stands for itself',
  (character) => {
    const [device] = devices;
    const named = { ...device, name: `a${character}b` } as InputDevice;
    const other = { ...device, name: 'aXb' } as InputDevice;
    expect(selectInput({ name: `a${character}*` }, [named, other])).toEqual([named]);
  },
);

test.each<{ selector: InputSelector; text: string }>([
  { selector: { id: 'usb-G_Pro-event-kbd' }, text: 'usb-G_Pro-event-kbd' },
  { selector: { vendor: '046d', product: 'c339' }, text: '046d:c339' },
  { selector: { serial: 'A1' }, text: 'A1' },
  { selector: { port: '1-2.3' }, text: '1-2.3' },
  { selector: { name: 'Logi*' }, text: 'Logi*' },
])('$selector is written $text', ({ selector, text }) => {
  expect(inputSelectorText(selector)).toBe(text);
});
