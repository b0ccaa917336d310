import { expect, test } from 'vitest';
import { interfaces } from '../../src/host/interfaces.ts';

test('the loopback interface has its address, and no other machine is reached by it', () => {
  expect(interfaces.addressesOf('lo')).toContain('127.0.0.1');
  expect(interfaces.addresses()).not.toContain('127.0.0.1');
});

test('of an interface that is not there it is told', () => {
  expect(interfaces.addressesOf('none0')).toBeNull();
});
