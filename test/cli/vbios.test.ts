import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { run } from '@stricli/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { appFor } from '../../src/cli/app.ts';
import type { Context } from '../../src/cli/context.ts';
import { createCard, type CardHost } from '../vbios/card.ts';
import { cardBytes, imageBytes } from '../vbios/rom-bytes.ts';
import { handglass, type Ran, without } from './handglass.ts';

/** A command on a machine that has this card; its files are below the machine's root. */
async function onCard(
  { host }: CardHost,
  args: readonly string[],
  interrupted = false,
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const process: Context['process'] = {
    stdout: { write: (text: string) => void (stdout += text) },
    stderr: { write: (text: string) => void (stderr += text) },
  };
  const context = {
    process,
    host,
    catchInterrupt: () => (interrupted ? AbortSignal.abort() : new AbortController().signal),
    print: (...lines: string[]) => void (stdout += lines.map((line) => `${line}\n`).join('')),
  } as unknown as Context;
  await run(appFor(), ['vbios', ...args], { process, forCommand: () => context });
  return { stdout: stripVTControlCharacters(stdout), stderr, status: Number(process.exitCode) };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'handglass-vbios-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** The real program, and a file with these bytes. */
async function onFile(bytes: Buffer) {
  const place = await folder();
  const path = join(place, 'card.rom');
  await writeFile(path, bytes);
  const shown = (text: string) => text.replaceAll(place, '<folder>');
  const vbios = async (...args: string[]) => {
    const ran = await handglass(['vbios', ...args]);
    return { ...ran, stdout: shown(ran.stdout), stderr: shown(ran.stderr) };
  };
  return { place, path, vbios };
}

const withHeader = Buffer.concat([Buffer.from('NVGI'.padEnd(1536, '-')), cardBytes()]);

describe('vbios dump', () => {
  test.each(['01:00.0', '0000:01:00.0'])('copies the ROM of %s into a file', async (address) => {
    const card = await createCard({ rom: cardBytes() });
    const { stdout, stderr, status } = await onCard(card, ['dump', address, '--to', '/gpu.rom']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      /gpu.rom  3584 bytes, 2 images
        image  at     bytes  kind        for        class   revision
        1      0x0    2048   legacy x86  10de:1b81  030000  1         checksum right
        2      0x800  1536   EFI         10de:1b81  030000  1         an EFI boot driver for x64, compressed, last
        UEFI guests: yes. Image 2 is an EFI boot driver for x64, compressed.
      "
    `);
    expect(await readFile(join(card.root, 'gpu.rom'))).toEqual(cardBytes());
    expect((await stat(join(card.root, 'gpu.rom'))).mode & 0o777).toBe(0o644);
    expect(card.told).toEqual(['1\n', '0\n']);
  });

  test('says that it got a copy in memory', async () => {
    const card = await createCard({ rom: cardBytes(), shadow: true });
    const { stdout } = await onCard(card, ['dump', '01:00.0', '--to', '/gpu.rom']);
    expect(stdout).toContain("  This is the copy that this machine's start has run: ");
  });

  test('leaves a file that is there alone', async () => {
    const card = await createCard({ rom: cardBytes() });
    await writeFile(join(card.root, 'gpu.rom'), 'mine');
    expect(await onCard(card, ['dump', '01:00.0', '--to', '/gpu.rom'])).toEqual({
      stdout: '',
      stderr:
        'handglass: /gpu.rom is there already, and is left as it is.\n' +
        '           Name another file, or remove that one.\n',
      status: 1,
    });
    expect(await readFile(join(card.root, 'gpu.rom'), 'utf8')).toBe('mine');
  });

  test('makes no file of a ROM that cannot be read', async () => {
    const card = await createCard({ rom: Buffer.alloc(2048) });
    const { stderr, status } = await onCard(card, ['dump', '01:00.0', '--to', '/gpu.rom']);
    expect(status).toBe(1);
    expect(stderr).toContain('handglass: 0000:01:00.0 does not show its ROM: ');
    await expect(stat(join(card.root, 'gpu.rom'))).rejects.toThrow('ENOENT');
  });

  test('ends at Ctrl-C, with the ROM hidden again and no file', async () => {
    const card = await createCard({ rom: cardBytes() });
    const { stderr, status } = await onCard(card, ['dump', '01:00.0', '--to', '/gpu.rom'], true);
    expect({ stderr, status }).toEqual({ stderr: 'handglass: It was interrupted.\n', status: 1 });
    expect(card.told).toEqual(['1\n', '0\n']);
    await expect(stat(join(card.root, 'gpu.rom'))).rejects.toThrow('ENOENT');
  });

  test('needs root', async () => {
    const card = await createCard({ rom: cardBytes() });
    card.fail('write', 'EACCES');
    expect(await onCard(card, ['dump', '01:00.0', '--to', '/gpu.rom'])).toEqual({
      stdout: '',
      stderr:
        'handglass: The ROM of 0000:01:00.0 cannot be read: permission denied.\n' +
        '           Run this command as root.\n',
      status: 5,
    });
  });

  test('takes PCI addresses alone', async () => {
    expect(await handglass(['vbios', 'dump', 'gpu', '--to', '/dev/null'])).toEqual({
      stdout: '',
      stderr:
        'handglass: "gpu" is no PCI address.\n' +
        '           Write it as lspci does: 01:00.0, or with its domain, 0000:01:00.0.\n',
      status: 2,
    });
  });
});

describe('vbios show', () => {
  test('shows what is in a file, and whether UEFI can use it', async () => {
    const old = imageBytes({ isLast: false, otherDevices: [0x1b80, 0x1bb1], codeRevision: 9 });
    old[100] = 1;
    const whole = Buffer.concat([
      withHeader.subarray(0, 1536),
      old,
      imageBytes({ codeType: 0xe0, blocks: 1, isLast: false }),
      imageBytes({ codeType: 3, efi: { machine: 0xaa64 } }),
      Buffer.alloc(300, 0xff),
    ]);
    const { path, vbios } = await onFile(whole);
    const { stdout, stderr, status } = await vbios('show', path);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      <folder>/card.rom  4396 bytes, 3 images, 1536 bytes in front, 300 bytes behind
        image  at     bytes  kind           for                  class   revision
        1      0x600  1024   legacy x86     10de:1b81,1b80,1bb1  030000  9         checksum wrong
        2      0xa00  512    code type 224  10de:1b81            030000  1
        3      0xc00  1024   EFI            10de:1b81            030000  1         an EFI boot driver for ARM with 64 bits, last
        Image 1: Its checksum is wrong.
        UEFI guests: no. Image 3 is EFI, but is not loaded. It is for ARM with 64 bits, not for x64.
      "
    `);
  });

  test('tells a driver that UEFI loads before it comes to a damage', async () => {
    const driver = imageBytes({ codeType: 3, isLast: false });
    const { path, vbios } = await onFile(Buffer.concat([driver, imageBytes().subarray(0, 700)]));
    const { stdout, status } = await vbios('show', path);
    expect(status).toBe(0);
    expect(`\n${stdout}`).toMatchInlineSnapshot(`
      "
      <folder>/card.rom  1724 bytes, 2 images
        image  at     bytes  kind        for        class   revision
        1      0x0    1024   EFI         10de:1b81  030000  1         an EFI boot driver for x64
        2      0x400  1024   legacy x86  10de:1b81  030000  1         checksum cut off, last
        Image 2 is cut off: of its 1024 bytes 700 are there.
        UEFI guests: yes. Image 1 is an EFI boot driver for x64; what is wrong with the rest does not keep UEFI from it.
      "
    `);
  });

  test("shows a card's", async () => {
    const card = await createCard({ rom: cardBytes() });
    const { stdout, status } = await onCard(card, ['show', '01:00.0']);
    expect(status).toBe(0);
    expect(stdout).toContain('0000:01:00.0  3584 bytes, 2 images\n');
    expect(stdout).toContain('UEFI guests: yes. Image 2 is an EFI boot driver for x64');
  });

  test('--json gives every fact', async () => {
    const { path, vbios } = await onFile(withHeader);
    const { stdout } = await vbios('show', '--json', path);
    expect(JSON.parse(stdout)).toMatchObject({
      name: '<folder>/card.rom',
      isShadow: false,
      bytes: 5120,
      vendorHeaderBytes: 1536,
      images: [
        { offset: 1536, kind: 'legacy', checksum: 'right', efi: null },
        { offset: 3584, kind: 'efi', checksum: null, efi: { machine: 0x8664, compression: 1 } },
      ],
      isWhole: true,
      trailingBytes: 0,
      uefi: { usable: false },
    });
  });

  test('follows a link', async () => {
    const { path, vbios } = await onFile(cardBytes());
    await symlink(path, `${path}.link`);
    expect((await vbios('show', `${path}.link`)).status).toBe(0);
  });

  test('says what is no ROM', async () => {
    const { path, vbios } = await onFile(Buffer.from('\u001b[2J'));
    const { stdout, status } = await vbios('show', path);
    expect({ stdout, status }).toEqual({
      stdout: '<folder>/card.rom  4 bytes, 0 images\n  UEFI guests: no. No image is in it.\n',
      status: 1,
    });
  });

  test('refuses what it cannot read', async () => {
    const { path, place, vbios } = await onFile(Buffer.alloc(16 * 1024 * 1024 + 1));
    expect((await vbios('show', `${path}.other`)).stderr).toBe(
      'handglass: <folder>/card.rom.other cannot be read: no such file or directory.\n' +
        '           See whether the path is right.\n',
    );
    expect((await vbios('show', place)).stderr).toContain('<folder> is no regular file.\n');
    expect((await vbios('show', path)).stderr).toContain(
      '<folder>/card.rom is larger than any ROM of a card (16 MiB).\n',
    );
  });
});

describe('vbios strip', () => {
  test('copies what begins with the first image', async () => {
    const { path, place, vbios } = await onFile(withHeader);
    const { stdout, stderr, status } = await vbios('strip', path, '--to', join(place, 'new.rom'));
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toContain('<folder>/new.rom  3584 bytes, 2 images\n');
    expect(stdout).toContain('UEFI guests: yes. ');
    expect(await readFile(join(place, 'new.rom'))).toEqual(cardBytes());
    expect(await readFile(path)).toEqual(withHeader);
  });

  test('writes over nothing, not even the file itself', async () => {
    const { path, vbios } = await onFile(withHeader);
    const { stderr, status } = await vbios('strip', path, '--to', path);
    expect(status).toBe(1);
    expect(stderr).toContain('<folder>/card.rom is there already, and is left as it is.\n');
    expect(await readFile(path)).toEqual(withHeader);
  });

  test('tells who may not write there', async () => {
    const { path, place } = await onFile(withHeader);
    await chmod(place, 0o500);
    const ran = await handglass(['vbios', 'strip', path, '--to', join(place, 'new.rom')], {
      through: without('dac_override'),
    });
    expect({ ...ran, stderr: ran.stderr.replaceAll(place, '<folder>') }).toEqual({
      stdout: '',
      stderr:
        'handglass: <folder>/new.rom cannot be written: permission denied.\n' +
        '           Run this command as a user who may, or name another file.\n',
      status: 5,
    });
  });

  test.each([
    {
      what: 'has nothing in front of its first image',
      bytes: cardBytes(),
      remedy: 'Use it as it is.',
    },
    {
      what: 'has no image of a ROM',
      bytes: Buffer.from('NVGI'),
      remedy: 'See `handglass vbios show`.',
    },
  ])('makes no file where it $what', async ({ what, bytes, remedy }) => {
    const { path, place, vbios } = await onFile(bytes);
    expect(await vbios('strip', path, '--to', join(place, 'new.rom'))).toEqual({
      stdout: '',
      stderr: `handglass: <folder>/card.rom ${what}.\n           ${remedy}\n`,
      status: 1,
    });
    await expect(stat(join(place, 'new.rom'))).rejects.toThrow('ENOENT');
  });
});
