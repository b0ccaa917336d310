import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deliverByDisc } from '../../src/delivery/by-disc.ts';
import { type DiscImage, withDiscImage } from '../../src/delivery/disc-image.ts';
import type { Run } from '../../src/host/ports.ts';
import { processes } from '../../src/host/processes.ts';
import { host as files, temporaryFolder } from '../server/support.ts';
import { failing, oneDrive, virshCommands, type VirshCommands } from './virsh-commands.ts';

const pairing = 'handglass://192.168.122.1:18503/?pin=PIN&code=CODE';
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;
const makers = ['xorriso', 'genisoimage', 'mkisofs'];

async function client(): Promise<string> {
  const path = join(await temporaryFolder(), 'handglass-guest.exe');
  await writeFile(path, 'MZ the client');
  return path;
}

/** Makes no real image, which not every machine can, but a file. */
const quickRun: Run = {
  async run(_program, args) {
    await writeFile(args.at(-2) ?? '', 'an image');
    return { stdout: '', stderr: '', exitCode: 0, timedOut: false };
  },
};

const made: string[] = [];
const host = {
  ...files,
  ...quickRun,
  async makeTemporaryFolder() {
    const folder = await files.makeTemporaryFolder();
    made.push(folder);
    return folder;
  },
};

/** Which folders are still there of those that were made. */
const leftovers = () => made.filter((folder) => existsSync(folder));

async function deliver({ virsh }: VirshCommands, domain = 'win10') {
  return deliverByDisc(host, virsh, domain, { client: await client(), pairing });
}

test('the disc becomes a volume of the default pool, and goes into the empty drive', async () => {
  const commands = await virshCommands(oneDrive);
  expect(await deliver(commands)).toEqual({ drive: 'sda' });
  const given = (await commands.given()).map((line) => line.replace(/\/\S+\/disc\.iso/, 'DISC'));
  expect(given).toEqual([
    'pool-list --name',
    'domblklist --domain win10 --details',
    'vol-list --pool default',
    'vol-create-as --pool default --name handglass-win10.iso --capacity 8 --format raw',
    'vol-upload --vol handglass-win10.iso --pool default --file DISC',
    'vol-path --vol handglass-win10.iso --pool default',
    'change-media --domain win10 --path sda --source /images/handglass-win10.iso --insert --live',
  ]);
  expect(await readFile(join(commands.folder, 'uploaded.iso'), 'utf8')).toBe('an image');
  expect(leftovers()).toEqual([]);
});

test('a million blanks in the list of drives are read', async () => {
  const blanks = "head -c 1000000 /dev/zero | tr '\\0' '\\n'";
  const commands = await virshCommands({ ...oneDrive, domblklist: `${blanks}; echo end` });
  await expect(deliver(commands)).rejects.toMatchObject({ what: 'win10 has no CD drive.' });
});

test('the first pool that is active does where none is called default', async () => {
  const commands = await virshCommands({ ...oneDrive, 'pool-list': 'printf " images\\n isos\\n"' });
  await deliver(commands);
  expect(await commands.given()).toContain('vol-list --pool images');
});

test('the disc of the last pairing makes room', async () => {
  const commands = await virshCommands({
    ...oneDrive,
    domblklist: "printf ' file   cdrom    sdb      /images/handglass-win10.iso\\n'",
    'vol-list': 'printf " handglass-win10.iso   /images/handglass-win10.iso\\n"',
  });
  expect(await deliver(commands)).toEqual({ drive: 'sdb' });
  expect(await commands.given()).toEqual(
    expect.arrayContaining([
      'change-media --domain win10 --path sdb --eject --live',
      'vol-delete --vol handglass-win10.iso --pool default',
    ]),
  );
});

test('no name of a domain makes a name of a file that is none', async () => {
  const commands = await virshCommands(oneDrive);
  await deliver(commands, "../größer '11");
  expect(await commands.given()).toContain(
    'vol-path --vol handglass-.._gr__er__11.iso --pool default',
  );
});

describe('a failure is a sentence, and leaves nothing behind', () => {
  test.each([
    {
      scripts: { 'pool-list': 'echo' },
      what: 'No storage pool of libvirt is active.',
      undone: [],
    },
    {
      scripts: { domblklist: failing('failed to get domain') },
      what: 'The drives of win10 cannot be listed: failed to get domain.',
      undone: [],
    },
    {
      scripts: { domblklist: "printf ' file   disk   vda   /images/win10.qcow2\\n'" },
      what: 'win10 has no CD drive.',
      undone: [],
    },
    {
      scripts: { domblklist: "printf ' file   cdrom   sda   /images/windows 10.iso\\n'" },
      what: 'There is a disc in drive sda of win10: /images/windows 10.iso.',
      undone: [],
    },
    {
      scripts: { 'vol-create-as': failing('not enough free space') },
      what: 'The disc cannot be stored in the pool default: not enough free space.',
      undone: [],
    },
    {
      scripts: { 'vol-upload': failing('cannot write data') },
      what: 'The disc cannot be stored in the pool default: cannot write data.',
      undone: ['vol-delete --vol handglass-win10.iso --pool default'],
    },
    {
      scripts: { 'change-media': failing('domain is not running') },
      what: 'The disc cannot be put into drive sda of win10: domain is not running.',
      undone: ['vol-delete --vol handglass-win10.iso --pool default'],
    },
  ])('$what', async ({ scripts, what, undone }) => {
    const commands = await virshCommands({ ...oneDrive, ...scripts });
    const error: unknown = await deliver(commands).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'pairing-failed', what });
    expect(error).toHaveProperty('remedy', expect.stringMatching(/\S/));
    const given = await commands.given();
    expect(given.filter((line) => line.startsWith('vol-delete'))).toEqual(undone);
    expect(leftovers()).toEqual([]);
  });

  test('but what even libvirt does not take back is named', async () => {
    const commands = await virshCommands({
      ...oneDrive,
      'change-media': failing('domain is not running'),
      'vol-delete': failing('volume is in use'),
    });
    await expect(deliver(commands)).rejects.toMatchObject({
      code: 'pairing-failed',
      what: expect.stringMatching(
        /^The disc cannot be put into drive sda of win10: domain is not running\..* The volume handglass-win10\.iso is left in the pool default: volume is in use\.$/,
      ) as string,
    });
  });

  test('a client that is not built', async () => {
    const path = join(await temporaryFolder(), 'handglass-guest.exe');
    const commands = await virshCommands(oneDrive);
    await expect(
      deliverByDisc(host, commands.virsh, 'win10', { client: path, pairing }),
    ).rejects.toMatchObject({
      code: 'pairing-failed',
      what: `The client for Windows is not built: there is no ${path}.`,
    });
    expect(commands.started).toEqual([]);
    expect(leftovers()).toEqual([]);
  });
});

async function make(run: Run, use: (image: DiscImage) => Promise<void> = async () => {}) {
  await withDiscImage({ ...files, ...run }, { client: await client(), pairing }, use);
}

describe('the image', () => {
  test('is made by the first program that is there', async () => {
    const tried: string[] = [];
    const run: Run = {
      run(program, args) {
        tried.push([program, ...args.slice(0, -2)].join(' '));
        if (program !== 'mkisofs') {
          return Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' }));
        }
        return quickRun.run(program, args);
      },
    };
    await make(run);
    expect(tried).toEqual([
      'xorriso -as mkisofs -quiet -J -r -V HANDGLASS -o',
      'genisoimage -quiet -J -r -V HANDGLASS -o',
      'mkisofs -quiet -J -r -V HANDGLASS -o',
    ]);
  });

  test('needs one of them', async () => {
    const run: Run = {
      run: () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
    };
    await expect(make(run)).rejects.toMatchObject({
      code: 'pairing-failed',
      what: 'There is no program that makes a disc.',
      remedy: 'Install xorriso, or genisoimage, or mkisofs.',
    });
  });

  test('is told of with the reason where it cannot be made', async () => {
    const failed = { stdout: '', stderr: 'a\nNo space left.\n', exitCode: 1, timedOut: false };
    await expect(make({ run: async () => failed })).rejects.toMatchObject({
      code: 'pairing-failed',
      what: 'xorriso could not make the disc: No space left.',
    });
  });

  test('is open to nobody else while it lies on this machine', async () => {
    await make(quickRun, async ({ path }) => {
      expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    });
  });

  test.for(makers)(
    'of %s has all three files, as Windows reads them',
    async (program, { skip }) => {
      if (!has(program) || !has('isoinfo')) skip(`${program} or isoinfo is not installed`);
      const only: Run = {
        run: (name, args) =>
          name === program
            ? processes.run(name, args)
            : Promise.reject(Object.assign(new Error('none'), { code: 'ENOENT' })),
      };
      await make(only, async ({ path, size }) => {
        expect(size).toBe((await stat(path)).size);
        const joliet = (...args: string[]) =>
          execFileSync('isoinfo', ['-J', '-i', path, ...args], { encoding: 'utf8' });
        expect(joliet('-f').trim().split('\n').sort()).toEqual([
          '/handglass-guest.exe',
          '/pairing.txt',
          '/setup.cmd',
        ]);
        expect(joliet('-x', '/handglass-guest.exe')).toBe('MZ the client');
        expect(joliet('-x', '/pairing.txt')).toBe(`${pairing}\r\n`);
        const setup = joliet('-x', '/setup.cmd');
        expect(setup.split('\n').every((line) => line === '' || line.endsWith('\r'))).toBe(true);
        expect(setup).toMatch(/^[\x20-\x7E\r\n]+$/);
      });
    },
  );
});
