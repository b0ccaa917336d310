import { expect, test } from 'vitest';
import { parseRequest } from './handoff-arguments.ts';

test.each([
  [[], { json: false, rounds: 20 }],
  [['--json', '--rounds', '15'], { json: true, rounds: 15 }],
  [['--json', '--help'], 'help'],
])('the words %j ask for %j', (words, request) => {
  expect(parseRequest(words)).toEqual(request);
});

test.each([
  [['--fast'], /--fast/],
  [['fast'], /fast/],
  [['--rounds', '14'], /--rounds takes a number from 15 to 999, not '14'/],
  [['--rounds', '2e1'], /not '2e1'/],
])('the words %j are refused', (words, message) => {
  expect(() => parseRequest(words)).toThrow(message);
});
