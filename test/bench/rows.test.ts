import { expect, test } from 'vitest';
import { casesOf, direct, floor } from './rows.ts';

const inShort = (cases: ReturnType<typeof casesOf>) =>
  cases.map(({ hz, devices, blocked }) => `${devices}x${hz}${blocked ? ' blocked' : ''}`);

const plain = ['1x1000', '1x8000'];
const blocked = ['1x1000 blocked', '1x8000 blocked'];

test.each([
  ['direct', direct, false, [...plain, '4x8000']],
  ['floor', floor, false, [...plain, ...blocked, '4x8000 blocked']],
  [
    'a command of node',
    { name: 'ours', command: 'node ours.ts {source}' },
    false,
    [...plain, ...blocked, '4x8000 blocked'],
  ],
  ['a peer', { name: 'peer', command: 'nodes/peer {source}' }, true, plain],
  [
    'a peer in JavaScript',
    { name: 'peer', command: 'bin/node peer.js {source}' },
    true,
    [...plain, ...blocked],
  ],
])('%s is measured in the cases that suit it', (_name, forwarder, isPeer, cases) => {
  expect(inShort(casesOf(forwarder, isPeer))).toEqual(cases);
});
