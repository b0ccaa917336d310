import { expect, test } from 'vitest';
import { createAdmission } from '../../src/server/admission.ts';
import { manualClock } from './support.ts';

/** An admission, and who gave way: the addresses as they were given. */
function door(limits: { total?: number; perAddress?: number; perSecond?: number } = {}) {
  const gone: string[] = [];
  const admission = createAdmission(manualClock(), {
    total: 64,
    perAddress: 8,
    perGuest: 8,
    perSecond: 1_000,
    ...limits,
  });
  return { gone, admit: (address: string) => admission.admit(address, () => gone.push(address)) };
}

test('whoever takes another address of its IPv6 network is no other caller', () => {
  const { gone, admit } = door({ perAddress: 2 });
  for (const address of ['fd00::1', 'fd00::2', 'fd00:0:0:1::3', 'fd00::dead:beef']) admit(address);
  expect(gone).toEqual(['fd00::1']);
});

test('whoever does so may connect no more often', () => {
  const { admit } = door({ perSecond: 1 });
  for (let each = 1; each <= 4; each += 1) admit(`fd00::${each}`);
  expect(admit('fd00::5')).toEqual({ why: 'it connects too often' });
  expect(admit('fd00:0:0:1::5')).not.toHaveProperty('why');
});

test('where all together have too many, it is the network with most that gives way', () => {
  const { gone, admit } = door({ total: 3 });
  for (const address of ['192.0.2.1', 'fd00::1', 'fd00::2', '192.0.2.2']) admit(address);
  expect(gone).toEqual(['fd00::1']);
});

test('a connection that gave way counts no more, and its end does not count twice', () => {
  const { gone, admit } = door({ total: 2 });
  const first = admit('192.0.2.1');
  admit('192.0.2.2');
  admit('192.0.2.3');
  if ('leave' in first) first.leave();
  admit('192.0.2.4');
  expect(gone).toEqual(['192.0.2.1', '192.0.2.2']);
});
