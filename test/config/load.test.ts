import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { HandglassError } from '../../src/errors.ts';
import { filesUnder } from '../../src/host/files.ts';

const path = '/etc/handglass/handglass.toml';
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'handglass-config-'));
  await mkdir(join(root, 'etc/handglass'), { recursive: true });
});

afterEach(() => rm(root, { recursive: true }));

test('A sound file is loaded', async () => {
  await writeFile(join(root, path), '[libvirt]\nuri = "qemu:///session"');
  expect((await load()).libvirt).toEqual({ uri: 'qemu:///session' });
});

test('Every problem of a file is told in a line that names file, line and column', async () => {
  await writeFile(join(root, path), '[libvirt]\nuri = "xen:///"\n\n[server]\nport = 18503\n');
  expect(await failure()).toMatchObject({
    code: 'config',
    message:
      '/etc/handglass/handglass.toml:2:7: libvirt.uri cannot be "xen:///"; expected a QEMU address of libvirt, such as "qemu:///system".\n' +
      '/etc/handglass/handglass.toml:5:1: server.port is unknown; expected listen, check-address or limits.',
  });
});

test('Bytes that are not UTF-8 are told by their place', async () => {
  await writeFile(join(root, path), Buffer.from('# caf\xe9', 'latin1'));
  expect(await failure()).toMatchObject({
    code: 'config',
    message:
      '/etc/handglass/handglass.toml:1:6: these bytes are not UTF-8; expected a text file saved as UTF-8.',
  });
});

test('A file that is missing is told with where the example is', async () => {
  expect(await failure()).toMatchObject({
    code: 'config',
    what: 'There is no configuration at /etc/handglass/handglass.toml.',
    remedy:
      'Copy the example, config/handglass.toml, to that place and edit it, or name another file with --config.',
  });
});

test('A file in the place of the folder is told as a missing file', async () => {
  await rm(join(root, 'etc/handglass'), { recursive: true });
  await writeFile(join(root, 'etc/handglass'), '');
  expect(await failure()).toMatchObject({
    what: 'There is no configuration at /etc/handglass/handglass.toml.',
  });
});

test('A folder is told as such, with what to name instead', async () => {
  await mkdir(join(root, path));
  expect(await failure()).toMatchObject({
    code: 'config',
    what: 'The configuration /etc/handglass/handglass.toml is a folder.',
    remedy: 'Name the file in it, such as /etc/handglass/handglass.toml/handglass.toml.',
  });
});

test('A file that cannot be read is told with the reason', async () => {
  await symlink('handglass.toml', join(root, path));
  expect(await failure()).toMatchObject({
    code: 'config',
    what: expect.stringMatching(
      /^The configuration \/etc\/handglass\/handglass\.toml cannot be read: too many symbolic links/,
    ),
    remedy: 'The user who runs Handglass must be able to read it, and every folder above it.',
    cause: expect.objectContaining({ code: 'ELOOP' }),
  });
});

function load() {
  return loadConfig(filesUnder(root, reserveNothing), path);
}

function reserveNothing(): never {
  expect.fail('Nothing is written here');
}

async function failure(): Promise<unknown> {
  const error = await load().catch((error: unknown) => error);
  expect(error).toBeInstanceOf(HandglassError);
  return error;
}
