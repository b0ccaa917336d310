import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import type { SeatState, State } from '../../src/server/protocol.ts';
import {
  findSeat,
  mayMove,
  visibleError,
  visibleState,
  type Viewer,
} from '../../src/server/visibility.ts';
import { lookingGlassFile, sampleState, seat } from './support.ts';

const local: Viewer = { kind: 'local' };
const win10: Viewer = { kind: 'guest', id: '0123456789ab', domain: 'win10' };

test('a local viewer sees the whole state', () => {
  expect(visibleState(local, sampleState)).toEqual(sampleState);
});

test('a guest sees its own seats, domain, Looking Glass file and guest, and no problems', () => {
  const guests = [
    { id: '0123456789ab', domain: 'win10', connected: true, lastSeen: null, address: null },
    { id: 'ba9876543210', domain: 'win10', connected: false, lastSeen: null, address: null },
    { id: 'aaaaaaaaaaaa', domain: 'linux', connected: true, lastSeen: null, address: null },
  ];
  expect(visibleState(win10, { ...sampleState, guests })).toEqual({
    number: 0,
    time: '',
    version: '0.1.0',
    seats: [seat('desk'), seat('couch', { domains: ['win10'] })],
    domains: [{ name: 'win10', state: 'running' }],
    lookingGlass: [lookingGlassFile({ path: '' })],
    guests: [guests[0]],
    problems: [],
  });
});

test.each([
  ['host', 'host'],
  ['win10', 'win10'],
  ['linux', 'other'],
])('a guest reads the owner %s as %s', (owner, shown) => {
  const state = { ...sampleState, seats: [seat('desk', { owner, domains: ['linux', 'win10'] })] };
  expect(visibleState(win10, state).seats[0]?.owner).toBe(shown);
});

const word = fc.stringMatching(/^[a-z]{1,8}$/);
/** Names in letters that occur in no other word of the state. */
const domainName = fc.stringMatching(/^[XYZ]{4,8}$/);

const mentions = (domains: string[]) =>
  fc
    .tuple(word, fc.constantFrom(...domains))
    .map(([text, domain]) => `${text} is in use by ${domain}.`);

const stateOf = (domains: string[]): fc.Arbitrary<State> => {
  const domain = fc.constantFrom(...domains);
  const owner = fc.constantFrom('host', ...domains);
  const sentence = mentions(domains);
  const device = fc.record({
    kind: fc.constantFrom('usb' as const, 'input' as const),
    selector: word,
    name: word,
    present: fc.boolean(),
    with: fc.option(owner),
    problem: fc.option(sentence),
  });
  return fc.record({
    number: fc.nat(),
    time: word,
    version: word,
    seats: fc.array(
      fc.record({
        name: word,
        owner,
        domains: fc.subarray(domains),
        moving: fc.boolean(),
        move: fc.record({
          number: fc.nat(),
          to: owner,
          why: sentence,
          failure: fc.option(sentence),
        }),
        repair: fc.record({ number: fc.nat(), what: sentence }),
        devices: fc.array(device),
      }),
    ),
    domains: fc.array(fc.record({ name: domain, state: word })),
    lookingGlass: fc.array(
      fc.record({
        domain,
        path: sentence,
        mib: fc.nat(),
        resolution: fc.constant('2560x1440'),
        fileMib: fc.option(fc.nat()),
        present: fc.boolean(),
        host: word,
      }),
    ),
    guests: fc.array(
      fc.record({
        id: fc.constantFrom('1', '2', '3'),
        domain,
        connected: fc.boolean(),
        lastSeen: fc.constant(null),
        address: fc.constant(null),
      }),
    ),
    problems: fc.array(fc.record({ code: word, message: sentence, remedy: sentence })),
    waiting: fc.array(fc.record({ code: word, message: sentence, remedy: sentence })),
  });
};

test("a guest's view never contains another domain's name", () => {
  const worlds = fc
    .uniqueArray(domainName, { minLength: 2, maxLength: 4 })
    .filter((names) => names.every((a) => names.every((b) => a === b || !a.includes(b))))
    .chain((domains) => fc.tuple(fc.constant(domains), stateOf(domains)));
  fc.assert(
    fc.property(worlds, ([[own = '', ...others], state]) => {
      // A guest's id belongs to one domain.
      const guests = state.guests.filter(({ id, domain }) => id !== '1' || domain === own);
      const viewer: Viewer = { kind: 'guest', id: '1', domain: own };
      const text = JSON.stringify(visibleState(viewer, { ...state, guests }));
      for (const other of others) expect(text).not.toContain(other);
    }),
  );
});

const moves: [string, Viewer, Partial<SeatState>, string, boolean][] = [
  ['the host gives to a guest', local, {}, 'win10', true],
  ['the host moves between two domains', local, { owner: 'win10' }, 'linux', true],
  ['a guest takes its seat from the host', win10, {}, 'win10', true],
  ['a guest gives its seat back', win10, { owner: 'win10' }, 'host', true],
  ['a guest gives to the host what is there', win10, {}, 'host', true],
  ['a guest gives the seat to another domain', win10, { owner: 'win10' }, 'linux', false],
  ['a guest gives the seat to what does not exist', win10, { owner: 'win10' }, 'nobody', false],
  ['a guest takes the seat from another domain', win10, { owner: 'linux' }, 'win10', false],
  ['a guest sends another domain’s seat home', win10, { owner: 'linux' }, 'host', false],
  ['a guest takes a seat that does not list it', win10, { domains: ['linux'] }, 'win10', false],
];

test.each(moves)('%s: %#', (_name, viewer, changes, to, allowed) => {
  expect(mayMove(viewer, seat('desk', changes), to)).toBe(allowed);
});

test('a domain that is called other owns nothing of others', () => {
  const viewer: Viewer = { kind: 'guest', id: '1', domain: 'other' };
  const taken = seat('desk', { owner: 'linux', domains: ['other', 'linux'] });
  expect(mayMove(viewer, taken, 'host')).toBe(false);
});

function failureOf(action: () => unknown): { code: string; text: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof HandglassError) return { code: error.code, text: error.message };
  }
  throw new Error('It did not fail as expected.');
}

test('a seat is found by its name, or as the only one that is visible', () => {
  expect(findSeat(win10, sampleState.seats, 'couch').name).toBe('couch');
  expect(findSeat(win10, sampleState.seats.slice(0, 1)).name).toBe('desk');
  const linux: Viewer = { kind: 'guest', id: '2', domain: 'linux' };
  expect(findSeat(linux, [seat('desk'), seat('lab', { domains: ['linux'] })]).name).toBe('lab');
});

test('a hidden seat fails exactly as one that does not exist', () => {
  const hidden = failureOf(() => findSeat(win10, sampleState.seats, 'lab'));
  const absent = failureOf(() => findSeat(win10, sampleState.seats.slice(0, 2), 'lab'));
  expect(hidden).toEqual(absent);
  expect(hidden).toEqual({
    code: 'seat-unknown',
    text: 'There is no seat "lab". Name one of: desk, couch.',
  });
});

test('without a name, several seats are a matter of usage and none is unknown', () => {
  expect(failureOf(() => findSeat(win10, sampleState.seats))).toEqual({
    code: 'usage',
    text: 'There are several seats. Name one of: desk, couch.',
  });
  expect(failureOf(() => findSeat(win10, []))).toEqual({
    code: 'seat-unknown',
    text: 'There is no seat. List the domain in a [[seat]] of the configuration.',
  });
});

test('a guest reads the code of a failed move and nothing of its text', () => {
  const failure = new HandglassError('handoff-failed', 'In use by domain linux.');
  expect(visibleError(local, failure)).toBe(failure);
  expect(visibleError(win10, failure)).toMatchObject({
    code: 'handoff-failed',
    what: 'The host could not move the seat.',
  });
});

test('a guest is told that a seat cannot go just now, and not whither it is on its way', () => {
  const failure = new HandglassError('busy', 'The seat "desk" is on its way to "linux".');
  expect(visibleError(win10, failure)).toMatchObject({
    code: 'busy',
    what: 'The seat cannot go just now.',
    remedy: 'Ask again in a moment.',
  });
});
