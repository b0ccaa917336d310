import * as fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { changes } from '../../src/server/words/change.ts';
import { stateLines } from '../../src/cli/render/state.ts';
import type { State } from '../../src/server/protocol.ts';
import { visibleState } from '../../src/server/visibility.ts';
import { sampleState, seat } from '../server/support.ts';
import { startPure } from './pure.ts';

const ask = startPure();

const viewer = { kind: 'guest', id: '0123456789ab', domain: 'win10' } as const;

test('the state of any host is shown as its own command line shows it', async () => {
  await fc.assert(
    fc.asyncProperty(states(), async (state) => {
      const lines = stateLines(state).map(stripVTControlCharacters);
      expect(await ask('state', JSON.stringify(state))).toEqual(lines);
    }),
    { numRuns: 300 },
  );
});

test('changes are told as the host tells them', async () => {
  await fc.assert(
    fc.asyncProperty(states(), states(), async (before, after) => {
      const lines = changes(before, after).map((line) => `now  ${line}`);
      const texts = [before, after].map((state) => JSON.stringify(state));
      expect(await ask('changes', ...texts)).toEqual(lines);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['usage', 2],
  ['config', 3],
  ['service-down', 4],
  ['not-permitted', 5],
  ['unauthenticated', 5],
  ['locked-out', 1],
  // Told to nobody else: a program that waits for this one sees 1.
  ['busy', 6],
])('an error of the code %s has the status %i', async (code, status) => {
  const error = { message: 'No.', data: { code, remedy: 'Do.' } };
  expect(await ask('answer', JSON.stringify({ error }))).toEqual([`${status} No.|Do.`]);
});

test('an answer is its result', async () => {
  expect(await ask('answer', '{"id":1,"result":{"a":1}}')).toEqual(['{"a":1}']);
});

test('a name of any letters is asked for as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (name) => {
      fc.pre(!name.includes('\0'));
      const [text = ''] = await ask('request', 'seat', name);
      const params = { seat: name };
      expect(JSON.parse(text)).toEqual({ jsonrpc: '2.0', id: 7, method: 'seat.give', params });
    }),
    { examples: [['\u2028'], ['\u0085']] },
  );
});

/** What a guest may be told, with names of few letters, so that many are the same. */
function states(): fc.Arbitrary<State> {
  const name = fc.constantFrom('desk', 'couch', 'ä€', '😀 one');
  const owner = fc.constantFrom('host', 'win10', 'linux');
  const device = fc.record({
    kind: fc.constantFrom('input' as const, 'usb' as const),
    selector: fc.constantFrom('1532:0037', 'PAD'),
    name: fc.constantFrom('', 'Razer', 'Pad ü'),
    present: fc.boolean(),
    with: fc.option(owner),
    problem: fc.option(fc.constant('It is stuck.')),
  });
  const seats = fc.uniqueArray(
    fc
      .record({ name, owner, moving: fc.boolean(), devices: fc.array(device, { maxLength: 3 }) })
      .map((parts) => seat(parts.name, parts)),
    { maxLength: 3, selector: (each) => each.name },
  );
  const files = fc.array(
    fc.record({
      domain: fc.constant('win10'),
      path: fc.constant(''),
      mib: fc.constantFrom(32, 128),
      resolution: fc.constant('2560x1440'),
      fileMib: fc.constantFrom(null, 64),
      present: fc.constant(true),
      host: fc.constantFrom('alive', 'dead', 'none', 'unknown', 'odd'),
    }),
    { maxLength: 1 },
  );
  const domains = fc.array(
    fc.record({ name: fc.constant('win10'), state: fc.constantFrom('running', 'shut off') }),
    { maxLength: 1 },
  );
  return fc.record({ seats, files, domains }).map(({ seats: some, files: glasses, domains: run }) =>
    visibleState(viewer, {
      ...sampleState,
      seats: some,
      lookingGlass: glasses,
      domains: run,
      guests: [{ id: viewer.id, domain: 'win10', connected: true, lastSeen: null, address: null }],
    }),
  );
}
