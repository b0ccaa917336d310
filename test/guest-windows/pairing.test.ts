import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairingString } from '../../src/server/pairing.ts';
import { startPure } from './pure.ts';

const ask = startPure();

const pin = 'p'.repeat(43);
const code = 'c'.repeat(22);
const query = `/?pin=${pin}&code=${code}`;

test.each([
  [`handglass://192.168.122.1:18503${query}`, `192.168.122.1 18503 ${pin} ${code}`],
  [`handglass://[fd00::1]:1${query}`, `fd00::1 1 ${pin} ${code}`],
  [`handglass://[1:2:3:4:5:6:7::]:1${query}`, `1:2:3:4:5:6:7:: 1 ${pin} ${code}`],
  [`handglass://[::ffff:10.0.0.1]:65535${query}`, `::ffff:10.0.0.1 65535 ${pin} ${code}`],
  [`handglass://127.0.0.1:18503/?code=${code}`, `127.0.0.1 18503 none ${code}`],
  [`handglass://[::1]:18503/?code=${code}`, `::1 18503 none ${code}`],
  [` \thandglass://10.0.0.1:1${query}\r\n`, `10.0.0.1 1 ${pin} ${code}`],
  [`handglass://10.0.0.1:1/?later=1&code=${code}&pin=${pin}`, `10.0.0.1 1 ${pin} ${code}`],
])('%s is read', async (string, expected) => {
  expect(await ask('pairing', string)).toEqual([expected]);
});

test.each([
  ['', 'it does not begin with handglass://'],
  [`https://10.0.0.1:1${query}`, 'it does not begin with handglass://'],
  [`handglass://:1${query}`, 'there is no address in it'],
  ...[
    'host.lan',
    'alice@10.0.0.1',
    'fd00::1',
    '10.0.0',
    '10.0.0.01',
    '10.0.0.256',
    '10.0.0.1.',
    '0x0a000001',
    '[10.0.0.1]',
    '[fd00::1%eth0]',
    '[1:2:3:4:5:6:7]',
    '[1:2:3:4:5:6:7:8::]',
    '[1::2::3]',
    '[1:::2]',
    '[:1::2]',
    '[1::2:]',
    '[fd00::12345]',
    '[::1.2.3]',
    '[1:2:3:4:5:6:7:1.2.3.4]',
  ].map((address) => [
    `handglass://${address}:1${query}`,
    'its address is no IP address, such as 192.168.122.1 or [fd00::1]',
  ]),
  [`handglass://[fd00::1:1${query}`, 'the bracket around its address is not closed'],
  ['handglass://[', 'there is no address in it'],
  ['handglass://[::1', 'the bracket around its address is not closed'],
  [`handglass://10.0.0.1${query}`, 'there is no port behind its address'],
  [`handglass://10.0.0.1:${query}`, 'its port is not between 1 and 65535'],
  [`handglass://10.0.0.1:0${query}`, 'its port is not between 1 and 65535'],
  [`handglass://10.0.0.1:65536${query}`, 'its port is not between 1 and 65535'],
  [`handglass://10.0.0.1:99999999999999999999${query}`, 'its port is not between 1 and 65535'],
  [`handglass://10.0.0.1:1?pin=${pin}&code=${code}`, 'no /? stands behind the port'],
  ['handglass://10.0.0.1:1', 'no /? stands behind the port'],
  [
    'handglass://10.0.0.1:1/?',
    'the code is missing; what stands behind an & is cut off outside quotes',
  ],
  [
    `handglass://10.0.0.1:1/?pin=${pin}`,
    'the code is missing; what stands behind an & is cut off outside quotes',
  ],
  [`handglass://10.0.0.1:1${query}&code=${code}`, 'there are two codes in it'],
  [`handglass://10.0.0.1:1${query}&pin=${pin}`, 'there are two pins in it'],
  [`handglass://10.0.0.1:1${query}c`, 'the code is not 22 characters of base64url'],
  [
    `handglass://10.0.0.1:1/?pin=${pin}&code=${'+'.repeat(22)}`,
    'the code is not 22 characters of base64url',
  ],
  [`handglass://10.0.0.1:1/?pin=${pin}=&code=${code}`, 'the pin is not 43 characters of base64url'],
  [`handglass://127.0.0.1:1/?pin=&code=${code}`, 'the pin is not 43 characters of base64url'],
  ...['10.0.0.1', '[fd00::1]', '128.0.0.1'].map((address) => [
    `handglass://${address}:1/?code=${code}`,
    'the pin is missing, without which the host cannot be told from another machine',
  ]),
])('%s is refused: %s', async (string, reason) => {
  expect(await ask('pairing', string)).toEqual([reason]);
});

test.each([
  ['127.0.0.1', 'yes'],
  ['127.255.255.255', 'yes'],
  ['::1', 'yes'],
  ['126.0.0.1', 'no'],
  ['127.0.0', 'no'],
  ['127.0.0.0.1', 'no'],
  ['127.0.0.256', 'no'],
  ['127.0.0.', 'no'],
  ['0127.0.0.1', 'no'],
  ['localhost', 'no'],
  ['::2', 'no'],
  ['', 'no'],
])('whether %j is this machine itself: %s', async (address, expected) => {
  expect(await ask('loopback', address)).toEqual([expected]);
});

test('what the host prints is read', async () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  await fc.assert(
    fc.asyncProperty(
      address,
      fc.integer({ min: 1, max: 65_535 }),
      base64url(32),
      base64url(16),
      async (...[where, port, itsPin, itsCode]) => {
        const string = pairingString(where, port, itsPin, itsCode);
        expect(await ask('pairing', string)).toEqual([`${where} ${port} ${itsPin} ${itsCode}`]);
      },
    ),
    { numRuns: 300 },
  );
});

test('no string makes the reader look where nothing is', async () => {
  const pieces = fc.constantFrom('handglass://', '127.0.0.1', '[', ']', '::1', ':', '1', '/?', '&');
  const more = fc.constantFrom('pin=', 'code=', pin, code, '%', '.', '😀', ' ');
  const string = fc.array(fc.oneof(pieces, more, fc.string())).map((words) => words.join(''));
  await fc.assert(
    fc.asyncProperty(string, async (words) => {
      expect(await ask('pairing', words)).toHaveLength(1);
    }),
    { numRuns: 1000 },
  );
});

const base64url = (bytes: number) =>
  fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((some) => Buffer.from(some).toString('base64url'));
