import { expect, test } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import { randomFrom } from '../random.ts';
import { fuzzedMessage } from './fuzz.ts';
import { openGuestPeer, openPeer, startService } from './support.ts';

const messages = 100_000;
/** Their answers fit in what a peer may leave unread. */
const together = 100;
const strangers = 500;

/** A thousand times as fast, so that nobody is slowed. */
function hastyClock() {
  const began = clock.now();
  return {
    now: () => began + (clock.now() - began) * 1000,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms / 1000, signal),
  };
}

test('100,000 messages of any kind move nothing that a guest may not move, and break nothing', async () => {
  const seed = Number(process.env['HANDGLASS_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
  console.log(`HANDGLASS_FUZZ_SEED=${seed}`);
  const random = randomFrom(seed);
  const limits = {
    authenticateMs: 1e8,
    dropAfterMs: 1e8,
    messagesPerSecond: 10_000,
    pingMs: 1e8,
  };
  const service = await startService({ clock: hastyClock(), limits });
  const { confirmations } = service.control;

  for (let each = 0; each < strangers; each += 1) {
    const stranger = await openPeer(service.address);
    stranger.sendText(fuzzedMessage(random));
    expect(await stranger.closed).toMatchObject({ code: 4401 });
  }

  const guest = await openGuestPeer(service, 'win10');
  const answered = Promise.withResolvers<void>();
  let lastId = 0;
  let reached = answered;
  guest.socket.on('message', (data) => {
    if ((data as Buffer).toString().includes(`"id":"batch ${lastId}"`)) reached.resolve();
  });
  for (let sent = strangers; sent < messages; sent += together) {
    for (let each = 0; each < together; each += 1) guest.sendText(fuzzedMessage(random));
    lastId = sent;
    reached = Promise.withResolvers<void>();
    guest.send({ jsonrpc: '2.0', id: `batch ${sent}`, method: 'state.get' });
    await reached.promise;
  }

  expect(
    new Set(service.control.moves.map((move) => move.replace(/^(desk|couch) to /, ''))),
  ).toEqual(new Set(['host', 'win10']));
  expect(service.control.confirmations).toBe(confirmations);
  expect(service.guests.list()).toHaveLength(1);
  expect(service.failures).toEqual([]);
  for (const to of ['host', 'win10']) {
    expect(
      await (await openGuestPeer(service, 'win10')).ask('seat.give', { seat: 'desk', to }),
    ).toMatchObject({ result: { owner: to } });
  }
}, 60_000);
