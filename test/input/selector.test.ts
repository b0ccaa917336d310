import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { type InputSelector, selectorToml } from '../../src/config/selectors.ts';
import { inputSelectorText, selectInput } from '../../src/input/selector.ts';
import { lidBits, systemControlBits } from '../system/capability-bits.ts';
import { inputDevice } from './devices.ts';

const keyboard = inputDevice({ vendor: '046d', product: 'c339', port: '1-2.3', serial: 'A1' });

const devices = [
  {
    ...keyboard,
    path: '/dev/input/event4',
    ids: ['usb-G_Pro-event-kbd', 'usb-G_Pro_A1-event-kbd'],
    name: 'Logitech G Pro',
  },
  {
    ...keyboard,
    path: '/dev/input/event5',
    ids: ['usb-G_Pro-event-if01'],
    name: 'Logitech G Pro (Keyboard) [2+1]',
  },
  inputDevice({
    path: '/dev/input/event0',
    name: 'AT Translated Set 2 keyboard',
    vendor: '0001',
    product: '0001',
  }),
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
    const named = inputDevice({ name: `a${character}b` });
    const other = inputDevice({ name: 'aXb' });
    expect(selectInput({ name: `a${character}*` }, [named, other])).toEqual([named]);
  },
);

test('what must stay with the host is left out, whatever names it', () => {
  const power = inputDevice({ ...keyboard, name: 'Logitech System', bits: systemControlBits });
  const lid = inputDevice({ name: 'Logitech Lid', bits: lidBits });
  const proxy = inputDevice({ name: 'Logitech', phys: 'handglass/win10-pointer' });
  const all = [...devices, power, lid, proxy];
  const [typing, media] = devices;
  expect(selectInput({ vendor: '046d', product: 'c339' }, all)).toEqual([typing, media]);
  expect(selectInput({ name: '*' }, all)).toEqual(devices);
});

test.each<{ selector: InputSelector; text: string; toml: string }>([
  {
    selector: { id: 'usb-G_Pro-event-kbd' },
    text: 'usb-G_Pro-event-kbd',
    toml: '{ id = "usb-G_Pro-event-kbd" }',
  },
  {
    selector: { vendor: '046d', product: 'c339' },
    text: '046d:c339',
    toml: '{ vendor = "046d", product = "c339" }',
  },
  { selector: { serial: 'A1' }, text: 'A1', toml: '{ serial = "A1" }' },
  { selector: { port: '1-2.3' }, text: '1-2.3', toml: '{ port = "1-2.3" }' },
  { selector: { name: 'Logi*' }, text: 'Logi*', toml: '{ name = "Logi*" }' },
  {
    selector: { name: 'a "b" \\ ü' },
    text: 'a "b" \\ ü',
    toml: String.raw`{ name = "a \"b\" \\ ü" }`,
  },
])('$selector is written $text, and $toml in the configuration', ({ selector, text, toml }) => {
  expect(inputSelectorText(selector)).toBe(text);
  expect(selectorToml(selector)).toBe(toml);
  expect(parse(`input = ${toml}`)).toEqual({ input: selector });
});
