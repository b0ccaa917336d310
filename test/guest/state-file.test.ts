import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  readGuestPairing,
  removeGuestPairing,
  writeGuestPairing,
} from '../../src/guest/state-file.ts';
import { host, temporaryFolder } from '../server/support.ts';

const pairing = {
  address: '192.168.122.1',
  port: 18_503,
  pin: 'P'.repeat(43),
  token: '0123456789ab.secret',
  domain: 'win10',
};

async function written(): Promise<string> {
  const path = join(await temporaryFolder(), 'config', 'handglass', 'guest.json');
  await writeGuestPairing(host, path, pairing);
  return path;
}

test('what is written is read again, and is open to its owner alone', async () => {
  const path = await written();
  expect(await readGuestPairing(host, path)).toEqual(pairing);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
});

test('pairing again takes the place of what was there, whatever its mode', async () => {
  const path = await written();
  await chmod(path, 0o644);
  await writeGuestPairing(host, path, { ...pairing, domain: 'linux' });
  expect(await readGuestPairing(host, path)).toMatchObject({ domain: 'linux' });
});

test.each(['640', '604', '620', '666'])('a file of mode 0%s is refused', async (mode) => {
  const path = await written();
  await chmod(path, mode);
  await expect(readGuestPairing(host, path)).rejects.toMatchObject({
    code: 'config',
    what: expect.stringContaining(`open to other users than its owner (mode 0${mode})`) as string,
    remedy: expect.stringContaining(`chmod 600 ${path}`) as string,
  });
});

test.each([
  ['no JSON', 'token'],
  ['nothing', ''],
  ['no token', JSON.stringify({ ...pairing, token: undefined })],
  ['no pin for another machine', JSON.stringify({ ...pairing, pin: null })],
  ['a port that there is not', JSON.stringify({ ...pairing, port: 0 })],
  ['far too much', ' '.repeat(5000)],
])('a file with %s is damaged', async (_name, text) => {
  const path = await written();
  await writeFile(path, text);
  await expect(readGuestPairing(host, path)).rejects.toMatchObject({
    code: 'config',
    what: expect.stringContaining(`The pairing in ${path} cannot be read`) as string,
  });
});

test('neither a link nor a folder is followed in its place', async () => {
  const path = await written();
  await symlink(path, `${path}.link`);
  await mkdir(`${path}.folder`);
  for (const other of ['link', 'folder']) {
    await expect(readGuestPairing(host, `${path}.${other}`)).rejects.toMatchObject({
      code: 'config',
    });
  }
});

test('a guest without the file is not paired', async () => {
  const path = join(await temporaryFolder(), 'handglass', 'guest.json');
  const notPaired = { code: 'config', what: `This guest is not paired: there is no ${path}.` };
  await expect(readGuestPairing(host, path)).rejects.toMatchObject(notPaired);
  await expect(removeGuestPairing(host, path)).rejects.toMatchObject(notPaired);
});

test('what is removed is gone', async () => {
  const path = await written();
  await removeGuestPairing(host, path);
  await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a place where nothing can be kept is named', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const path = join(folder, 'file', 'handglass', 'guest.json');
  await expect(writeGuestPairing(host, path, pairing)).rejects.toMatchObject({
    code: 'config',
    what: `The pairing cannot be kept in ${path}: not a directory.`,
  });
});
