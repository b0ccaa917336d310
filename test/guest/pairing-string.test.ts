import { expect, test } from 'vitest';
import { isPairingString, parsePairingString } from '../../src/guest/pairing-string.ts';
import { pairingString } from '../../src/server/pairing.ts';

const pin = 'P'.repeat(42) + '-';
const code = 'C'.repeat(21) + '_';

test.each([
  { address: '192.168.122.1', port: 18_503, pin, code },
  { address: 'fd00::1', port: 1, pin, code },
  { address: '127.0.0.1', port: 65_535, pin: null, code },
  { address: '::1', port: 18_503, pin: null, code },
])('what the host makes for $address is read as it was meant', (pairing) => {
  const text = pairingString(pairing.address, pairing.port, pairing.pin, pairing.code);
  expect(parsePairingString(text)).toEqual(pairing);
  expect(parsePairingString(`  ${text}\r\n`)).toEqual(pairing);
});

test('parameters may come in any order, and others are left alone', () => {
  expect(parsePairingString(`handglass://10.0.0.1:7/?later=1&code=${code}&pin=${pin}`)).toEqual({
    address: '10.0.0.1',
    port: 7,
    pin,
    code,
  });
});

const place = 'handglass://192.168.122.1:18503';

test.each([
  { text: '', why: 'it is not of the form handglass://ADDRESS:PORT/?pin=PIN&code=CODE' },
  { text: `https://192.168.122.1:18503/?pin=${pin}&code=${code}`, why: 'it is not of the form' },
  { text: `${place}?pin=${pin}&code=${code}`, why: 'it is not of the form' },
  { text: `${place}/?pin=${pin}`, why: 'it has no code; a shell cuts off what stands behind an &' },
  { text: `${place}/?code=${code}`, why: 'it has no pin' },
  { text: `${place}/?pin=${pin}&code=${code}&code=${code}`, why: 'it has more than one code' },
  { text: `${place}/?pin=${pin}x&code=${code}`, why: 'its pin has not the 43 letters' },
  { text: `${place}/?pin=${pin}&code=${code.slice(1)}`, why: 'its code has not the 22 letters' },
  { text: `${place}/?pin=${pin}&code=${code.slice(1)}%0A`, why: 'its code has not the 22 letters' },
  {
    text: `handglass://host.example:18503/?pin=${pin}&code=${code}`,
    why: '"host.example:18503" is no IP',
  },
  {
    text: `handglass://127.0.0.1.example:18503/?code=${code}`,
    why: '"127.0.0.1.example:18503" is no IP',
  },
  {
    text: `handglass://alice@10.0.0.1:18503/?pin=${pin}&code=${code}`,
    why: '"alice@10.0.0.1:18503" is no IP',
  },
  {
    text: `handglass://10.0.0.1/?pin=${pin}&code=${code}`,
    why: '"10.0.0.1" is no IP address with a port',
  },
  { text: `handglass://10.0.0.1:0/?pin=${pin}&code=${code}`, why: '"10.0.0.1:0" is no IP' },
  { text: `handglass://fd00::1:18503/?pin=${pin}&code=${code}`, why: '"fd00::1:18503" is no IP' },
])('$text is refused: $why', ({ text, why }) => {
  expect(() => parsePairingString(text)).toThrow(
    expect.objectContaining({
      code: 'usage',
      what: expect.stringContaining(`That pairing string cannot be used: ${why}`) as string,
    }),
  );
});

test('a refusal never shows the code, which may still be good', () => {
  const wrong = `${place}/?pin=short&code=${code}`;
  expect(() => parsePairingString(wrong)).not.toThrow(code);
});

test.each([
  ['handglass://', true],
  [' handglass://10.0.0.1', true],
  ['http://10.0.0.1/', true],
  ['win10', false],
  ['handglass', false],
])('%j is a pairing string: %s', (text, is) => {
  expect(isPairingString(text)).toBe(is);
});
