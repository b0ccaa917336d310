import { expect, test } from 'vitest';
import { parseRequest, type Request } from './arguments.ts';

const names = ({ forwarders }: Request) => forwarders.map(({ name }) => name);

test.each([
  [[], ['direct', 'floor', 'host', 'switchboard', 'switchboard-fifo']],
  [['--real-cpu'], ['floor', 'floor-fifo', 'switchboard', 'switchboard-fifo']],
  [
    ['--only', 'floor', '--only', 'direct'],
    ['direct', 'floor'],
  ],
  [
    ['--peer', 'a=a {source}', '--only', 'floor', '--only', 'a'],
    ['floor', 'a'],
  ],
])('the words %j ask for the rows %j', (words, rows) => {
  expect(names(parseRequest(words) as Request)).toEqual(rows);
});

test("a peer's command may hold anything", () => {
  expect(parseRequest(['--peer', 'other=other --to=x {source}', '--only', 'other'])).toMatchObject({
    forwarders: [{ name: 'other', command: 'other --to=x {source}', isPeer: true }],
  });
});

test.each([
  [['--fast'], /--fast/],
  [['floor'], /floor/],
  [['--peer', 'other'], /--peer takes NAME='COMMAND', not 'other'/],
  [['--peer', '=other'], /--peer takes NAME='COMMAND'/],
  [['--only', 'moon'], /--only names a row: .*direct, floor, host, switchboard.*, not 'moon'/],
  [
    ['--real-cpu', '--only', 'direct'],
    /--only names a row: floor, floor-fifo, switchboard, switchboard-fifo, not 'direct'/,
  ],
])('the words %j are refused', (words, message) => {
  expect(() => parseRequest(words)).toThrow(message);
});
