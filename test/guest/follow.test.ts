import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { follow, type Sight } from '../../src/guest/follow.ts';
import type { Clock } from '../../src/host/ports.ts';
import { connect } from '../../src/server/client.ts';
import { startService } from '../server/support.ts';

/** A clock whose pauses are over at once, and kept. */
function hastyClock(): Clock & { pauses: number[] } {
  const pauses: number[] = [];
  return { pauses, now: () => 0, sleep: async (ms) => void pauses.push(ms) };
}

const away = new HandglassError('service-down', 'It is away.');

function kindOf({ value }: IteratorResult<Sight, void>): string {
  if (value === undefined) return 'end';
  return value.kind === 'state' ? (value.state.seats[0]?.owner ?? '') : value.kind;
}

test('a host that goes and comes back is lost once, and found', async () => {
  const services = [await startService(), null, null, await startService()];
  const [first, , , last] = services;
  const clock = hastyClock();
  const stop = new AbortController();
  const sights = follow(
    clock,
    async () => {
      const service = services.shift();
      if (!service) throw away;
      return connect(service.unixAddress);
    },
    stop.signal,
  );
  expect(kindOf(await sights.next())).toBe('host');
  await first?.stop();
  expect(kindOf(await sights.next())).toBe('lost');
  expect(kindOf(await sights.next())).toBe('found');
  expect(kindOf(await sights.next())).toBe('host');
  last?.control.current.seats.forEach((seat) => (seat.owner = 'win10'));
  last?.control.tell();
  expect(kindOf(await sights.next())).toBe('win10');
  const end = sights.next();
  stop.abort();
  expect(kindOf(await end)).toBe('end');
  expect(clock.pauses).toEqual([1_000, 2_000, 4_000]);
});

test('pauses grow to half a minute, and end when nobody wants to know any more', async () => {
  const clock = hastyClock();
  const stop = new AbortController();
  const sights = follow(
    clock,
    async () => {
      if (clock.pauses.length === 7) stop.abort();
      throw away;
    },
    stop.signal,
  );
  expect(await sights.next()).toMatchObject({ value: { kind: 'lost', why: away } });
  expect(kindOf(await sights.next())).toBe('end');
  expect(clock.pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('a host that has no room for this guest yet is tried again', async () => {
  const service = await startService({ limits: { connectionsPerGuest: 1 } });
  const { token } = await service.guests.pair('win10');
  const held = await connect(service.address, { token });
  const clock = hastyClock();
  const stop = new AbortController();
  const sights = follow(clock, () => connect(service.address, { token }), stop.signal);
  expect(await sights.next()).toMatchObject({ value: { kind: 'lost', why: { code: 'busy' } } });
  await held.close();
  expect(kindOf(await sights.next())).toBe('found');
  expect(kindOf(await sights.next())).toBe('host');
  stop.abort();
});

test.each(['unauthenticated', 'not-permitted', 'protocol'] as const)(
  'where trying again cannot help (%s), it ends',
  async (code) => {
    const error = new HandglassError(code, 'No.');
    const sights = follow(hastyClock(), () => Promise.reject(error), new AbortController().signal);
    await expect(sights.next()).rejects.toBe(error);
  },
);
