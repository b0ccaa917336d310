import { expect, test } from 'vitest';
import { openGuestPeer, openPeer, startService } from './support.ts';

const pairFirst = 'Pair this guest on the host with `handglass guest pair DOMAIN`.';
const oneRequest = 'Send one JSON-RPC 2.0 request.';
const notBetween = (seat: string) =>
  `This guest may move the seat "${seat}" only between the host and itself.`;

type Answer = [id: unknown, code: number, name: string, message: string, remedy: string];

const answerOf = ([id, code, name, message, remedy]: Answer) => ({
  jsonrpc: '2.0',
  id,
  error: { code, message, data: { code: name, remedy } },
});

const notJson: Answer = [null, -32700, 'parse-error', 'The message is not JSON.', oneRequest];
const invalid = (id: unknown, why: string): Answer => [
  id,
  -32600,
  'invalid-request',
  `The message is no JSON-RPC 2.0 request: ${why}.`,
  '',
];
const batch: Answer = [
  null,
  -32600,
  'invalid-request',
  'Batches are refused.',
  'Send each request by itself.',
];
const unknown = (method: string): Answer => [
  1,
  -32601,
  'method-not-found',
  `There is no method "${method}".`,
  'See the protocol.',
];
const params = (method: string, why: string): Answer => [
  1,
  -32602,
  'invalid-params',
  `The parameters of ${method} are not what it takes: ${why}.`,
  '',
];
const permitted = (message: string, remedy: string): Answer => [
  1,
  -32001,
  'not-permitted',
  message,
  remedy,
];
const onTheHost = (method: string) =>
  permitted(`A guest may not call ${method}.`, 'Use the command line on the host.');
const noSeat = (name: string): Answer => [
  1,
  -32003,
  'seat-unknown',
  `There is no seat "${name}".`,
  'Name one of: desk, couch.',
];

const request = (method: string, values?: string) =>
  `{"jsonrpc":"2.0","id":1,"method":"${method}"${values === undefined ? '' : `,"params":${values}`}}`;

const text = (name: string) => `${name}: Invalid input: expected string, received`;
const noMethod = `${text('method')} undefined`;

/** From a guest of win10 that has authenticated; `couch` is with linux. */
const refused: [string, string, Answer][] = [
  ['an empty message', '', notJson],
  ['no JSON', 'seat.toggle', notJson],
  ['half an object', '{"jsonrpc":"2.0","id":1', notJson],
  ['two objects', '{} {}', notJson],
  ['a NUL', '\u0000', notJson],
  ['deep nesting that never ends', '['.repeat(16_000), notJson],
  ['a batch', `[${request('state.get')}]`, batch],
  ['an empty batch', '[]', batch],
  ['deep nesting', `${'['.repeat(8_000)}${']'.repeat(8_000)}`, batch],
  ['null', 'null', invalid(null, 'Invalid input: expected object, received null')],
  ['a number', '1', invalid(null, 'Invalid input: expected object, received number')],
  ['a string', '"state.get"', invalid(null, 'Invalid input: expected object, received string')],
  ['no fields', '{}', invalid(null, `jsonrpc: Invalid input: expected "2.0"; ${noMethod}`)],
  [
    'another version',
    '{"jsonrpc":"1.0","id":1,"method":"state.get"}',
    invalid(1, 'jsonrpc: Invalid input: expected "2.0"'),
  ],
  ['no method', '{"jsonrpc":"2.0","id":1}', invalid(1, noMethod)],
  [
    'a method that is a number',
    '{"jsonrpc":"2.0","id":"a","method":7}',
    invalid('a', `${text('method')} number`),
  ],
  [
    'an id that is an object',
    '{"jsonrpc":"2.0","id":{},"method":"state.get"}',
    invalid(null, 'id: Invalid input'),
  ],
  [
    'an id that is true',
    '{"jsonrpc":"2.0","id":true,"method":"state.get"}',
    invalid(null, 'id: Invalid input'),
  ],
  [
    'an id past every number',
    '{"jsonrpc":"2.0","id":1e999,"method":"state.get"}',
    invalid(null, 'id: Invalid input'),
  ],
  [
    'parameters that are a string',
    request('state.get', '"x"'),
    invalid(1, 'params: Invalid input'),
  ],
  ['parameters that are null', request('state.get', 'null'), invalid(1, 'params: Invalid input')],
  ['an unknown method', request('seat.steal'), unknown('seat.steal')],
  ['an empty method', request(''), unknown('')],
  ['a method in capitals', request('STATE.GET'), unknown('STATE.GET')],
  ['a method of every object', request('constructor'), unknown('constructor')],
  ['the prototype as method', request('__proto__'), unknown('__proto__')],
  ['a method of the standard', request('rpc.discover'), unknown('rpc.discover')],
  ['a notification of ours', request('state.changed', '{}'), unknown('state.changed')],
  [
    'parameters by position',
    request('seat.give', '["desk","win10"]'),
    params('seat.give', 'Invalid input: expected object, received array'),
  ],
  [
    'no parameters where some are due',
    request('seat.give'),
    params('seat.give', `${text('seat')} undefined; ${text('to')} undefined`),
  ],
  [
    'one parameter missing',
    request('seat.give', '{"seat":"desk"}'),
    params('seat.give', `${text('to')} undefined`),
  ],
  [
    'a seat that is null',
    request('seat.toggle', '{"seat":null}'),
    params('seat.toggle', `${text('seat')} null`),
  ],
  [
    'a seat that is a list',
    request('seat.toggle', '{"seat":["desk"]}'),
    params('seat.toggle', `${text('seat')} array`),
  ],
  [
    'an unknown parameter',
    request('seat.toggle', '{"seat":"desk","force":true}'),
    params('seat.toggle', 'Unrecognized key: "force"'),
  ],
  [
    'parameters where none are due',
    request('state.get', '{"all":true}'),
    params('state.get', 'Unrecognized key: "all"'),
  ],
  [
    'an empty seat',
    request('seat.give', '{"seat":"","to":"host"}'),
    params('seat.give', 'seat: Too small: expected string to have >=1 characters'),
  ],
  [
    'a name that is too long',
    request('seat.give', `{"seat":"desk","to":"${'a'.repeat(257)}"}`),
    params('seat.give', 'to: Too big: expected string to have <=256 characters'),
  ],
  ['a seat of nobody', request('seat.toggle', '{"seat":"attic"}'), noSeat('attic')],
  ['a seat of others', request('seat.toggle', '{"seat":"lab"}'), noSeat('lab')],
  ['giving a seat of others', request('seat.give', '{"seat":"lab","to":"host"}'), noSeat('lab')],
  ['a seat in capitals', request('seat.toggle', '{"seat":"DESK"}'), noSeat('DESK')],
  [
    'no seat where several are visible',
    request('seat.toggle'),
    [1, -32015, 'usage', 'There are several seats.', 'Name one of: desk, couch.'],
  ],
  [
    'its seat for another domain',
    request('seat.give', '{"seat":"desk","to":"linux"}'),
    permitted(notBetween('desk'), 'Ask for it on the host.'),
  ],
  [
    'its seat for a domain of nobody',
    request('seat.give', '{"seat":"desk","to":"attic"}'),
    permitted(notBetween('desk'), 'Ask for it on the host.'),
  ],
  [
    'taking a seat from another domain',
    request('seat.give', '{"seat":"couch","to":"win10"}'),
    permitted(notBetween('couch'), 'Ask for it on the host.'),
  ],
  [
    'toggling a seat away from another domain',
    request('seat.toggle', '{"seat":"couch"}'),
    permitted(notBetween('couch'), 'Ask for it on the host.'),
  ],
  ['pairing', request('guest.pair', '{"domain":"win10"}'), onTheHost('guest.pair')],
  ['listing guests', request('guest.list'), onTheHost('guest.list')],
  ['revoking', request('guest.revoke', '{"id":"a"}'), onTheHost('guest.revoke')],
  ['sending the host to sleep', request('host.suspend'), onTheHost('host.suspend')],
  ['waking the host', request('host.resume'), onTheHost('host.resume')],
  ['confirming a trial', request('trial.confirm'), onTheHost('trial.confirm')],
  [
    'authenticating again',
    request('session.authenticate', '{"token":"a.b"}'),
    [1, -32600, 'invalid-request', 'This connection needs no further authentication.', ''],
  ],
];

test.each(refused)('a guest that sends %s is told so and stays connected', async (...row) => {
  const [, message, answer] = row;
  const service = await startService();
  service.control.current.seats[1]!.owner = 'linux';
  const peer = await openGuestPeer(service, 'win10');
  peer.sendText(message);
  expect(await peer.next()).toEqual(answerOf(answer));
  expect(await peer.ask('state.get', {}, 2)).toMatchObject({ id: 2, result: { version: '0.1.0' } });
  expect(service.control).toMatchObject({ moves: [], confirmations: 0 });
  expect(service.failures).toEqual([]);
});

test.each([
  ['an unknown method', '{"jsonrpc":"2.0","method":"seat.steal"}'],
  ['bad parameters', '{"jsonrpc":"2.0","method":"seat.give"}'],
  ['a hidden seat', '{"jsonrpc":"2.0","method":"seat.toggle","params":{"seat":"lab"}}'],
])('a notification with %s is not answered', async (_name, message) => {
  const service = await startService();
  const peer = await openGuestPeer(service, 'win10');
  peer.sendText(message);
  expect(await peer.ask('state.get', {}, 2)).toMatchObject({ id: 2 });
});

const first: [string, string, unknown][] = [
  ['no JSON', 'GET / HTTP/1.1', null],
  ['a batch', `[${request('session.authenticate', '{"token":"a.b"}')}]`, null],
  ['another method', request('state.get'), 1],
  ['an unknown method', request('login', '{"token":"a.b"}'), 1],
  ['no token', request('session.authenticate', '{}'), 1],
  ['a token that is a number', request('session.authenticate', '{"token":7}'), 1],
  ['an empty token', request('session.authenticate', '{"token":""}'), 1],
  ['one more parameter', request('session.authenticate', '{"token":"a.b","as":"root"}'), 1],
];

test.each(first)('a connection that begins with %s is refused and closed', async (...row) => {
  const [, message, id] = row;
  const peer = await openPeer((await startService()).address);
  peer.sendText(message);
  const what = 'The first message must be session.authenticate with a token or a code.';
  expect(await peer.next()).toEqual(answerOf([id, -32000, 'unauthenticated', what, pairFirst]));
  expect(await peer.closed).toEqual({ code: 4401, reason: 'Authentication failed' });
});

test.each([
  ['that nobody has', () => 'a.b'],
  ['with a wrong secret', (token: string) => `${token.slice(0, -4)}AAAA`],
  ['with an unknown id', (token: string) => `000000000000${token.slice(12)}`],
])('a connection that begins with a token %s is refused and closed', async (_name, change) => {
  const service = await startService();
  const { token } = await service.guests.pair('win10');
  const peer = await openPeer(service.address);
  const answer = await peer.ask('session.authenticate', { token: change(token) });
  const what = 'The token is not known here.';
  expect(answer).toEqual(answerOf([1, -32000, 'unauthenticated', what, pairFirst]));
  expect(await peer.closed).toEqual({ code: 4401, reason: 'Authentication failed' });
});

test.each([
  ['a message of more than 16 KiB', 'a'.repeat(16_385), 1009],
  ['a binary message', Buffer.from(request('state.get')), 1003],
])('%s closes the connection, authenticated or not', async (_name, message, code) => {
  const service = await startService();
  const guest = await openGuestPeer(service, 'win10');
  const stranger = await openPeer(service.address);
  for (const peer of [guest, stranger]) {
    peer.sendText(message);
    expect(await peer.closed).toMatchObject({ code });
  }
});

test('what follows a binary message is not carried out', async () => {
  const service = await startService();
  const peer = await openGuestPeer(service, 'win10');
  peer.sendText(Buffer.from('{}'));
  peer.sendText(request('seat.toggle', '{"seat":"desk"}'));
  await peer.closed;
  expect(service.control.moves).toEqual([]);
});

test('text that is not UTF-8 closes the connection', async () => {
  const peer = await openGuestPeer(await startService(), 'win10');
  peer.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
  expect(await peer.closed).toMatchObject({ code: 1007 });
});

test('a message of exactly 16 KiB is read', async () => {
  const peer = await openGuestPeer(await startService(), 'win10');
  peer.sendText(request('state.get').padEnd(16_384));
  expect(await peer.next()).toMatchObject({ id: 1, result: { version: '0.1.0' } });
});

test.each([
  ['1', 1],
  ['"a"', 'a'],
  ['""', ''],
  ['null', null],
  ['-1.5', -1.5],
])('a request under the id %s is answered under it', async (id, answered) => {
  const peer = await openGuestPeer(await startService(), 'win10');
  peer.sendText(`{"jsonrpc":"2.0","id":${id},"method":"state.get"}`);
  expect(await peer.next()).toMatchObject({ id: answered, result: {} });
});
