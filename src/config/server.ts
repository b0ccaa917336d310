/** The tables about who may call: where the service listens, for whom, and how much it takes. */
import { z } from 'zod';
import { parseListening, parseLoopback } from './endpoint.ts';
import { parsed, table, wholeNumber } from './fields.ts';

const listening = parsed(
  parseListening,
  'ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
);

const seconds = (least: number, most: number) => wholeNumber('seconds', least, most);

const limitsTable = table('the table [server.limits]', {
  'message-bytes': wholeNumber('bytes', 1024, 1_048_576).default(16_384),
  'messages-per-second': wholeNumber('messages', 1, 10_000).default(50),
  'drop-after': seconds(1, 600).default(10),
  connections: wholeNumber('connections', 1, 4096).default(64),
  'connections-per-address': wholeNumber('connections', 1, 4096).default(8),
  'connections-per-guest': wholeNumber('connections', 1, 4096).default(8),
  'connects-per-second': wholeNumber('connections', 1, 10_000).default(5),
  'authenticate-within': seconds(1, 600).default(5),
  'ping-every': seconds(5, 3600).default(30),
}).transform((limits) => ({
  messageBytes: limits['message-bytes'],
  messagesPerSecond: limits['messages-per-second'],
  dropAfterMs: limits['drop-after'] * 1000,
  connections: limits.connections,
  connectionsPerAddress: limits['connections-per-address'],
  connectionsPerGuest: limits['connections-per-guest'],
  connectsPerSecond: limits['connects-per-second'],
  authenticateMs: limits['authenticate-within'] * 1000,
  pingMs: limits['ping-every'] * 1000,
}));

/** What one peer, and all of them together, may ask of the service. */
export type ServerLimits = z.output<typeof limitsTable>;

/** Those that hold where the configuration says nothing. */
export const defaultLimits: ServerLimits = limitsTable.parse({});

export const serverTable = table('the table [server]', {
  listen: z.array(listening, 'a list of addresses, such as ["192.168.122.1:18503"]').default([]),
  'check-address': z.boolean('true or false').default(false),
  limits: limitsTable.prefault({}),
}).transform(({ 'check-address': checkAddress, ...rest }) => ({ ...rest, checkAddress }));

export const panelTable = table('the table [panel]', {
  listen: parsed(
    parseLoopback,
    'a loopback ADDRESS:PORT, such as "127.0.0.1:18504", or an empty text for none',
  ).prefault('127.0.0.1:18504'),
});
