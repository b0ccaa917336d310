import { expect, test } from 'vitest';
import { createPlaces } from '../../src/server/places.ts';
import { interfacesOf } from './support.ts';

const machine = interfacesOf({
  eth0: ['192.168.1.2', 'fd00::2', 'fe80::2%eth0'],
  virbr0: ['192.168.122.1'],
});

const guests = { door: 'network', port: 18_503, pin: 'PIN' } as const;

test('where every address is listened on, each by which others come is named', () => {
  const places = createPlaces(machine);
  places.add({ ...guests, address: '::' });
  expect(places.pairingStrings('CODE')).toEqual([
    'handglass://192.168.1.2:18503/?pin=PIN&code=CODE',
    'handglass://192.168.122.1:18503/?pin=PIN&code=CODE',
    'handglass://[fd00::2]:18503/?pin=PIN&code=CODE',
  ]);
  expect(places.links('CODE', 'network')).toEqual([
    'https://192.168.1.2:18503/#CODE',
    'https://192.168.122.1:18503/#CODE',
    'https://[fd00::2]:18503/#CODE',
  ]);
});

test('where it is every IPv4 address, no other is', () => {
  const places = createPlaces(machine);
  places.add({ ...guests, address: '0.0.0.0' });
  expect(places.pairingStrings('CODE')).toHaveLength(2);
});

test('an address of one link is named without the link, which is another for a guest', () => {
  const places = createPlaces(machine);
  places.add({ ...guests, address: 'fe80::2%eth0' });
  expect(places.pairingStrings('CODE')).toEqual(['handglass://[fe80::2]:18503/?pin=PIN&code=CODE']);
});

test('where guests can come from elsewhere, no address is named that only neighbours reach', () => {
  const places = createPlaces(machine);
  places.add({ ...guests, address: '127.0.0.1', pin: null });
  places.add({ ...guests, address: 'fe80::2%eth0' });
  expect(places.pairingStrings('CODE')).toHaveLength(2);
  places.add({ ...guests, address: '192.168.122.1' });
  expect(places.pairingStrings('CODE')).toEqual([
    'handglass://192.168.122.1:18503/?pin=PIN&code=CODE',
  ]);
});

test('a place that is no more is not named, nor one for somebody else', () => {
  const places = createPlaces(machine);
  places.add({ door: 'panel', address: '127.0.0.1', port: 18_504, pin: null });
  const gone = places.add({ ...guests, address: '192.168.122.1' });
  expect(places.links('CODE', 'panel')).toEqual(['http://127.0.0.1:18504/#CODE']);
  gone();
  expect(() => places.pairingStrings('CODE')).toThrow(
    expect.objectContaining({ code: 'listen-failed' }),
  );
  expect(() => places.links('CODE', 'network')).toThrow(
    expect.objectContaining({ code: 'listen-failed' }),
  );
});
