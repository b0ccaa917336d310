import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRoms } from '../../src/doctor/read-roms.ts';
import type { PciDevice } from '../../src/system/pci.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import { domainXml } from '../machines/domain.ts';
import { createSysfs } from '../system/sysfs.ts';
import { cardBytes, imageBytes } from '../vbios/rom-bytes.ts';
import { card } from './healthy.ts';

const ownPath = '/sys/bus/pci/devices/0000:01:00.0/rom';

interface Given {
  bytes?: Buffer;
  /** A file that the domain names. */
  file?: string;
  isRunning?: boolean;
  device?: Partial<PciDevice>;
}

/** What is known of the ROMs of a domain with a card. */
async function romsOf({ bytes, file, isRunning = false, device = {} }: Given) {
  const { host, root, write } = await createSysfs();
  await write(ownPath, '');
  if (bytes !== undefined) await writeFile(join(root, ownPath), bytes);
  const parts = { name: 'win10', memoryMib: 1024, vcpus: 1, pci: ['01:00.0'] };
  const xml = parseDomainXml(domainXml({ ...parts, ...(file === undefined ? {} : { rom: file }) }));
  const domains = [{ name: 'win10', isRunning, xml, unread: {} }];
  return readRoms(host, domains, [card('0000:01:00.0', device)]);
}

test.each([
  { what: 'an EFI driver', bytes: cardBytes(), usable: true },
  { what: 'no EFI image', bytes: imageBytes(), usable: false },
])("a card's own ROM that the kernel shows is told with $what", async ({ bytes, usable }) => {
  expect((await romsOf({ bytes })).get(ownPath)).toMatchObject({ uefi: { usable }, unread: {} });
});

test.each([
  { why: 'the kernel does not show it', given: {} },
  { why: 'what is shown is no ROM', given: { bytes: Buffer.alloc(512, 0xff) } },
  { why: 'a guest works with it', given: { bytes: cardBytes(), isRunning: true } },
])("nothing is told of a card's own ROM where $why", async ({ given }) => {
  expect((await romsOf(given)).has(ownPath)).toBe(false);
});

test.each([
  { why: 'the domain names a file', given: { file: '/etc/gpu.rom' } },
  { why: 'it is no graphics card', given: { device: { class: '020000' } } },
  { why: 'it has no outputs', given: { device: { class: '030200' } } },
  { why: 'it has no ROM', given: { device: { hasRom: false } } },
])("a card's own ROM is not asked for where $why", async ({ given }) => {
  expect((await romsOf({ bytes: cardBytes(), ...given })).has(ownPath)).toBe(false);
});
