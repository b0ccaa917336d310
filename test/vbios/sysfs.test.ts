import { describe, expect, test } from 'vitest';
import { pciAddressFrom } from '../../src/vbios/address.ts';
import { readCardRom } from '../../src/vbios/sysfs.ts';
import { createCard, type CardFacts } from './card.ts';
import { cardBytes } from './rom-bytes.ts';

const failing = () => Promise.reject(Object.assign(new Error('i/o error'), { code: 'EIO' }));
const address = '0000:01:00.0';

test("a card's ROM is shown, read and hidden again", async () => {
  const { host, told } = await createCard({ rom: cardBytes() });
  expect(await readCardRom(host, address)).toEqual({ bytes: cardBytes(), isShadow: false });
  expect(told).toEqual(['1\n', '0\n']);
});

test('the copy in memory is told from the ROM itself', async () => {
  const { host } = await createCard({ rom: cardBytes(), shadow: true, firstPicture: true });
  expect(await readCardRom(host, address)).toMatchObject({ isShadow: true });
});

test.each(['write', 'open', 'read'] as const)(
  'it is hidden again where the %s fails',
  async (what) => {
    const { host, told, fail } = await createCard({ rom: cardBytes() });
    fail(what, 'ENOMEM');
    await expect(readCardRom(host, address)).rejects.toMatchObject({
      code: 'vbios-failed',
      what: 'The ROM of 0000:01:00.0 cannot be read: not enough memory.',
    });
    expect(told).toEqual(['1\n', '0\n']);
  },
);

test.each([
  { errno: 'EACCES', remedy: 'Run this command as root.' },
  { errno: 'EPERM', remedy: 'Run this command as root.' },
  {
    errno: 'EROFS',
    remedy: '/sys cannot be written to here, as in most containers: run this on the host.',
  },
])('who may not ($errno) is told who may', async ({ errno, remedy }) => {
  const { host, fail } = await createCard({ rom: cardBytes() });
  fail('write', errno);
  await expect(readCardRom(host, address)).rejects.toMatchObject({ code: 'not-permitted', remedy });
});

test('a card that does not answer is told of in a sentence, whatever of it was asked', async () => {
  const { host } = await createCard({ rom: cardBytes() });
  expect(await readCardRom({ ...host, readText: failing }, address)).toMatchObject({
    isShadow: false,
  });
  await expect(readCardRom({ ...host, factsOf: failing }, address)).rejects.toMatchObject({
    code: 'vbios-failed',
    what: expect.stringContaining('0000:01:00.0 does not show its ROM'),
  });
  await expect(
    readCardRom({ ...host, readText: failing, openFile: failing }, address),
  ).rejects.toMatchObject({ code: 'vbios-failed' });
});

test('a card without a ROM is told from one that is not there', async () => {
  const { host, told } = await createCard();
  await expect(readCardRom(host, address)).rejects.toMatchObject({
    code: 'vbios-failed',
    what: '0000:01:00.0 has no ROM.',
  });
  await expect(readCardRom(host, '0000:02:00.0')).rejects.toMatchObject({
    code: 'device-absent',
    what: 'There is no PCI device 0000:02:00.0 on this machine.',
  });
  expect(told).toEqual([]);
});

describe('a card that does not show its ROM', () => {
  const nothing = Buffer.alloc(2048, 0xff);
  const cases: { why: string; facts: CardFacts; says: string; remedy: string }[] = [
    {
      why: 'there is no copy where a BIOS makes one',
      facts: { shadow: true, firstPicture: true },
      says: 'it is the card of the first picture, for which the kernel takes the copy',
      remedy: 'Let another card have the first picture',
    },
    {
      why: 'it sleeps',
      facts: { powerState: 'D3cold' },
      says: 'it sleeps (D3cold)',
      remedy:
        'Wake it and try again: echo on | sudo tee /sys/bus/pci/devices/0000:01:00.0/power/control',
    },
    {
      why: 'its memory is off',
      facts: { memoryOn: false },
      says: 'nothing has switched its memory on',
      remedy: 'Switch it on and try again: sudo setpci -s 0000:01:00.0 COMMAND=2:2',
    },
    {
      why: 'it shows the picture',
      facts: { firstPicture: true },
      says: 'it is in use for the picture of this machine',
      remedy: 'Start with another card for the picture',
    },
    {
      why: 'nobody knows',
      facts: {},
      says: 'the kernel finds none in it',
      remedy: 'Start with another card for the picture',
    },
  ];
  test.each(cases)('says why and what to do: $why', async ({ facts, says, remedy }) => {
    const { host, told } = await createCard({ ...facts, rom: nothing });
    await expect(readCardRom(host, address)).rejects.toMatchObject({
      code: 'vbios-failed',
      what: expect.stringContaining(`0000:01:00.0 does not show its ROM: ${says}`),
      remedy: expect.stringContaining(remedy),
    });
    expect(told).toEqual(['1\n', '0\n']);
  });

  test('is the same where the kernel gives no error, but nothing', async () => {
    const { host } = await createCard({ rom: nothing });
    const silent: typeof host.openFile = async (path, how) => ({
      ...(await host.openFile(path, how)),
      read: async () => Buffer.alloc(0),
    });
    await expect(readCardRom({ ...host, openFile: silent }, address)).rejects.toMatchObject({
      code: 'vbios-failed',
    });
  });
});

test.each([
  ['01:00.0', '0000:01:00.0'],
  ['0000:01:00.0', '0000:01:00.0'],
  ['0A:1F.7', '0000:0a:1f.7'],
  ['10000:e1:00.0', '10000:e1:00.0'],
  ['1:0.0', null],
  ['01:00.8', null],
  ['01:20.0', null],
  ['000:01:00.0', null],
  ['./01:00.0', null],
  ['01:00.0\n', null],
  ['../../../01:00.0', null],
  ['', null],
])('%j is the address %j', (text, address) => {
  expect(pciAddressFrom(text)).toBe(address);
});
