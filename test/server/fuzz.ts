/** Messages that were requests once: the same for the same seed. */
import type { Random } from '../random.ts';

export function fuzzedMessage({ below, oneOf: pick }: Random): string {
  const value = (depth: number): unknown => {
    const kind = below(100);
    if (depth < 3 && kind < 15) return { [pick(keys)]: value(depth + 1), [pick(keys)]: 1 };
    if (depth < 3 && kind < 25) return [value(depth + 1), value(depth + 1)];
    return pick(values);
  };
  const request: Record<string, unknown> = {
    jsonrpc: '2.0',
    id: pick([1, 'a', null, undefined, -0.5]),
    method: pick(methods),
    // Of those that mean something, some are left as they were.
    params:
      below(10) === 0
        ? { seat: pick(['desk', 'couch']), to: pick(['host', 'win10']) }
        : { [pick(keys)]: value(0), [pick(keys)]: value(0) },
  };
  if (below(10) < 3) request[pick(['jsonrpc', 'id', 'method', 'params', pick(keys)])] = value(0);
  let text = JSON.stringify(request);
  for (let cuts = below(4) - 1; cuts > 0; cuts -= 1) {
    const at = below(text.length);
    const until = at + below(4);
    text = text.slice(0, at) + pick(splinters) + text.slice(until);
  }
  return text;
}

const methods: [string, ...string[]] = [
  'session.authenticate',
  'state.get',
  'state.subscribe',
  'seat.give',
  'seat.toggle',
  'guest.pair',
  'guest.list',
  'guest.revoke',
  'panel.open',
  'host.suspend',
  'trial.confirm',
  'constructor',
  '__proto__',
  '',
];

const keys: [string, ...string[]] = [
  'seat',
  'to',
  'token',
  'code',
  'domain',
  'id',
  '__proto__',
  'constructor',
  'length',
  '',
];

const values: [unknown, ...unknown[]] = [
  'desk',
  'couch',
  'lab',
  'host',
  'win10',
  'linux',
  '',
  'x'.repeat(300),
  '\u0000\n\u001b[31m',
  '\ud800',
  '😀',
  0,
  -1,
  1e308,
  null,
  true,
  undefined,
];

const splinters: [string, ...string[]] = [
  '',
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '\\',
  '\\u',
  '0',
  '-',
  'e9',
  '\u0000',
  'é',
  '\ufeff',
];
