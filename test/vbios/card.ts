/** Cards in sysfs, in a folder of real files whose `rom` behaves as the kernel's does. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { filesUnder } from '../../src/host/files.ts';
import type { MakeFile, OpenFiles, ReadFiles, WriteAttribute } from '../../src/host/ports.ts';
import { createSysfs } from '../system/sysfs.ts';

export interface CardFacts {
  address?: string;
  /** None means that the card has no ROM; what does not begin with 55 aa is not shown. */
  rom?: Buffer;
  /** The kernel shows what is at 0xc0000 in its place. */
  shadow?: boolean;
  powerState?: string;
  /** Bit 1 of its command register. */
  memoryOn?: boolean;
  firstPicture?: boolean;
}

export interface CardHost {
  root: string;
  host: ReadFiles & OpenFiles & WriteAttribute & MakeFile;
  /** What the kernel was told by the ROM's file, in order. */
  told: string[];
  /** From now on this fails with this errno. */
  fail: (what: 'write' | 'open' | 'read', code: string) => void;
}

/** A machine with one card, gone with the test. */
export async function createCard(facts: CardFacts = {}): Promise<CardHost> {
  const { root, write, link } = await createSysfs();
  const address = facts.address ?? '0000:01:00.0';
  const folder = `/sys/devices/pci0000:00/${address}`;
  const ranges = Array.from({ length: 6 }, () => '0x0000000000000000 0x0000000000000000 0x0');
  const romRange = facts.shadow
    ? '0x00000000000c0000 0x00000000000dffff 0x0000000000000212'
    : '0x00000000fb000000 0x00000000fb07ffff 0x0000000000046200';
  await write(`${folder}/resource`, `${[...ranges, romRange].join('\n')}\n`);
  await write(`${folder}/boot_vga`, facts.firstPicture ? '1\n' : '0\n');
  await write(`${folder}/power_state`, `${facts.powerState ?? 'D0'}\n`);
  const command = String.fromCodePoint(facts.memoryOn === false ? 0 : 7);
  await write(`${folder}/config`, `\u0010\u0011\u0012\u0013${command}\0\0\0`);
  await link(`../../../devices/pci0000:00/${address}`, `/sys/bus/pci/devices/${address}`);
  if (facts.rom !== undefined) await writeFile(join(root, folder, 'rom'), facts.rom);

  const files = filesUnder(root, () => {});
  const told: string[] = [];
  const failures = new Map<string, string>();
  const failAs = (what: string) => failIf(failures.has(what), failures.get(what));
  const host: CardHost['host'] = {
    ...files,
    async writeAttribute(path, text) {
      if (!path.endsWith('/rom')) return files.writeAttribute(path, text);
      told.push(text);
      failAs('write');
    },
    async openFile(path, how) {
      if (!path.endsWith('/rom')) return files.openFile(path, how);
      failAs('open');
      const file = await files.openFile(path, how);
      const read: typeof file.read = async (offset, length) => {
        failAs('read');
        // The kernel wants two bytes of who hides it.
        failIf((told.at(-1) ?? '0\n') === '0\n', 'EINVAL');
        const bytes = await file.read(offset, length);
        failIf(bytes.toString('latin1', 0, 2) !== '\u0055\u00aa', 'EIO');
        return bytes;
      };
      return { ...file, read };
    },
  };
  return { root, host, told, fail: (what, code) => void failures.set(what, code) };
}

function failIf(condition: boolean, code: string | undefined): void {
  if (condition) throw Object.assign(new Error(code), { code });
}
