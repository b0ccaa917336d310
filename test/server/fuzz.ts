/** Messages that were requests once: the same for the same seed. */

/** Numbers from 0 up to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function fuzzedMessage(random: () => number): string {
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const value = (depth: number): unknown => {
    const kind = random();
    if (depth < 3 && kind < 0.15) return { [pick(keys)]: value(depth + 1), [pick(keys)]: 1 };
    if (depth < 3 && kind < 0.25) return [value(depth + 1), value(depth + 1)];
    return pick(values);
  };
  const request: Record<string, unknown> = {
    jsonrpc: '2.0',
    id: pick([1, 'a', null, undefined, -0.5]),
    method: pick(methods),
    // Of those that mean something, some are left as they were.
    params:
      random() < 0.1
        ? { seat: pick(['desk', 'couch']), to: pick(['host', 'win10']) }
        : { [pick(keys)]: value(0), [pick(keys)]: value(0) },
  };
  if (random() < 0.3) request[pick(['jsonrpc', 'id', 'method', 'params', pick(keys)])] = value(0);
  let text = JSON.stringify(request);
  for (let cuts = Math.floor(random() * 4) - 1; cuts > 0; cuts -= 1) {
    const at = Math.floor(random() * text.length);
    const until = at + Math.floor(random() * 4);
    text = text.slice(0, at) + pick(splinters) + text.slice(until);
  }
  return text;
}

const methods = [
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

const keys = [
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

const values = [
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

const splinters = [
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
