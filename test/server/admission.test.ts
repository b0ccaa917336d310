import { expect, test } from 'vitest';
import { defaultLimits } from '../../src/config/server.ts';
import { createAdmission } from '../../src/server/admission.ts';
import { manualClock } from './support.ts';

const never = new AbortController().signal;

/** An admission, and who gave way: the addresses as they were given. */
function door(limits: { total?: number; perAddress?: number; perSecond?: number } = {}) {
  const gone: string[] = [];
  const clock = manualClock();
  const admission = createAdmission(
    clock,
    { total: 64, perAddress: 8, perGuest: 8, perSecond: 1_000, ...limits },
    () => 0,
  );
  const admit = (address: string, signal = never) =>
    admission.admit(address, () => gone.push(address), signal);
  return { clock, gone, admit };
}

test('whoever takes another address of its IPv6 network is no other caller', async () => {
  const { gone, admit } = door({ perAddress: 2 });
  for (const address of ['fd00::1', 'fd00::2', 'fd00:0:0:1::3', 'fd00::dead:beef']) {
    await admit(address);
  }
  expect(gone).toEqual(['fd00::1']);
});

test('whoever does so may connect no more often, and waits', async () => {
  const { clock, admit } = door({ perSecond: 1 });
  for (let each = 1; each <= 4; each += 1) await admit(`fd00::${each}`);
  const entered: string[] = [];
  for (const last of [5, 6]) void admit(`fd00::${last}`).then(() => entered.push(`fd00::${last}`));
  await admit('fd00:0:0:1::5');
  expect(entered).toEqual([]);
  for (const here of [['fd00::5'], ['fd00::5', 'fd00::6']]) {
    clock.advance(100);
    await settled();
    expect(entered).toEqual(here);
  }
});

test('of more than 64 who wait one is sent away, at the address with most of them', async () => {
  const { admit } = door({ perSecond: 1 });
  const answers: unknown[] = [];
  for (const address of ['192.0.2.1', '192.0.2.2']) {
    for (let each = 0; each < 4; each += 1) await admit(address);
  }
  void admit('192.0.2.1').then((answer) => answers.push(['192.0.2.1', answer]));
  for (let each = 0; each < 64; each += 1) {
    void admit('192.0.2.2').then((answer) => answers.push(['192.0.2.2', answer]));
  }
  await settled();
  expect(answers).toEqual([['192.0.2.2', { why: 'it connects too often' }]]);
});

test.each([
  // As often as it may, and ten times as often as anybody is let in.
  [50, 1],
  [500, 60],
])(
  'a guest comes in beside one at its address that connects %i times in a second',
  async (often, tries) => {
    const clock = manualClock();
    const { connections: total, connectionsPerAddress: perAddress } = defaultLimits;
    const { connectionsPerGuest: perGuest, connectsPerSecond: perSecond } = defaultLimits;
    const limits = { total, perAddress, perGuest, perSecond };
    const admission = createAdmission(clock, limits, evenly());
    const answers: string[] = [];
    const guest = async () => {
      const admitted = await admission.admit('192.0.2.1', () => {}, never);
      answers.push('why' in admitted ? admitted.why : 'in');
      if ('known' in admitted) admitted.known('a');
    };
    for (let ms = 0; answers.at(-1) !== 'in' && answers.length < tries; ms += 2) {
      clock.advance(2);
      if (ms % (1000 / often) === 0) void stranger();
      // After the attacker has used up what may come at once; again after each refusal.
      if (ms >= 1_000 && ms % 100 === 0) void guest();
      await settled();
    }
    expect(answers.at(-1)).toBe('in');

    async function stranger(): Promise<void> {
      const admitted = await admission.admit('192.0.2.1', () => {}, never);
      await settled();
      if ('leave' in admitted) admitted.leave();
    }
  },
);

test('one who is gone while it waits keeps nobody waiting', async () => {
  const { clock, admit } = door({ perSecond: 1 });
  const leaving = new AbortController();
  for (let each = 0; each < 4; each += 1) await admit('192.0.2.1');
  const first = admit('192.0.2.1', leaving.signal);
  const second = admit('192.0.2.1');
  leaving.abort();
  expect(await first).toHaveProperty('why');
  clock.advance(100);
  expect(await second).not.toHaveProperty('why');
});

test('where all together have too many, it is the network with most that gives way', async () => {
  const { gone, admit } = door({ total: 3 });
  for (const address of ['192.0.2.1', 'fd00::1', 'fd00::2', '192.0.2.2']) await admit(address);
  expect(gone).toEqual(['fd00::1']);
});

test('a connection that gave way counts no more, and its end does not count twice', async () => {
  const { gone, admit } = door({ total: 2 });
  const first = await admit('192.0.2.1');
  await admit('192.0.2.2');
  await admit('192.0.2.3');
  if ('leave' in first) first.leave();
  await admit('192.0.2.4');
  expect(gone).toEqual(['192.0.2.1', '192.0.2.2']);
});

/** What follows from what has been answered already. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Numbers from 0 to 1 that fall everywhere, and the same ones each time. */
function evenly(): () => number {
  let at = 0;
  return () => (at = (at + 0.618_034) % 1);
}
