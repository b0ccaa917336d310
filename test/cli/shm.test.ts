import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { headerBytes } from '../shm/header-bytes.ts';
import { handglass, without } from './handglass.ts';
import { configFile } from './temporary.ts';
// `create` reserves memory through the addon, which is built here.
import '../native/addon.ts';

describe('shm size', () => {
  test.each([
    { args: ['2560x1440'], shown: '64 MiB' },
    { args: ['2560x1440', '--hdr'], shown: '128 MiB' },
    { args: ['2560x1440', '--for', 'b7'], shown: '64 MiB' },
    { args: ['--for=idd', '1280x720'], shown: '16 MiB' },
    { args: ['--', '1440x2560'], shown: '64 MiB' },
    {
      args: ['2560x1440', '--json'],
      shown: '{"width":2560,"height":1440,"hdr":false,"for":"any","mib":64,"bytes":67108864}',
    },
    {
      args: ['7680x4320', '--hdr', '--for', 'b7', '--json'],
      shown: '{"width":7680,"height":4320,"hdr":true,"for":"b7","mib":1024,"bytes":1073741824}',
    },
  ])('$args: $shown', async ({ args, shown }) => {
    expect(await handglass(['shm', 'size', ...args])).toEqual({
      stdout: `${shown}\n`,
      stderr: '',
      status: 0,
    });
  });
});

const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim();
const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();

/** A place directly in /dev/shm, as the configuration wants it, and its table there. */
function entry(changes: { owner?: string; group?: string } = {}) {
  const path = `/dev/shm/handglass-test-${randomUUID()}`;
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const keys = { domain: 'win10', resolution: '640x480', path, owner: user, group, ...changes };
  const lines = Object.entries(keys).map(([key, value]) => `${key} = "${value}"\n`);
  return { path, text: `[[looking-glass]]\n${lines.join('')}` };
}

/** Such a place and a file that configures it. */
async function configured(changes: { owner?: string; group?: string } = {}) {
  const { path, text } = entry(changes);
  const config = await configFile(text);
  const shm = async (...args: string[]) => {
    const { stdout, stderr, status } = await handglass(['--config', config, 'shm', ...args]);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    return stdout.replaceAll(path, '<path>').replaceAll(`${user}:${group}`, '<user>:<group>');
  };
  return { path, config, shm };
}

describe('shm create', () => {
  test('makes a file, repairs it, and leaves it alone when it is right', async () => {
    const { path, shm } = await configured();
    expect(await shm('create')).toBe(
      `<path>: made, size 16 MiB, reserved, owner ${user}, group ${group}, mode 0660\n`,
    );
    await chmod(path, 0o600);
    expect(await shm('create')).toBe('<path>: repaired, mode 0660, was 0600\n');
    expect(await shm('create')).toBe('<path>: unchanged\n');
  });

  test('--json lists what was done to each file', async () => {
    const { shm } = await configured();
    expect(JSON.parse(await shm('create', '--json'))).toEqual([
      {
        path: '<path>',
        outcome: 'made',
        changes: ['size 16 MiB, reserved', `owner ${user}`, `group ${group}`, 'mode 0660'],
      },
    ]);
    expect(JSON.parse(await shm('create', '--json'))).toEqual([
      { path: '<path>', outcome: 'unchanged', changes: [] },
    ]);
  });

  test('leaves what the kvmfr module makes to the module', async () => {
    const config = await configFile(
      '[[looking-glass]]\ndomain = "win10"\nresolution = "640x480"\n' +
        `path = "/dev/kvmfr0"\nowner = "${user}"\n`,
    );
    expect(await handglass(['shm', 'create', '--json', '--config', config])).toEqual({
      stdout: '[]\n',
      stderr: '',
      status: 0,
    });
  });

  test.each([
    {
      name: 'an unknown owner',
      changes: { owner: 'nobody-of-this-name' },
      stderr:
        'handglass: There is no user "nobody-of-this-name" on this machine.\n' +
        '           Name one that "getent passwd" lists, or create it.\n',
      status: 3,
    },
    {
      name: 'an unknown group',
      changes: { group: 'none-of-this-name' },
      stderr:
        'handglass: There is no group "none-of-this-name" on this machine.\n' +
        '           Name one that "getent group" lists, or create it.\n',
      status: 3,
    },
    {
      name: 'a user who may not give files away',
      changes: { owner: 'daemon', group: 'daemon' },
      stderr:
        'handglass: <path> cannot be made or repaired: operation not permitted.\n' +
        '           Run "handglass shm create" as root.\n',
      status: 5,
    },
  ])('refuses $name, and leaves no file', async ({ changes, stderr, status }) => {
    const { path, config } = await configured(changes);
    const ran = await handglass(['shm', 'create', '--config', config], {
      through: without('chown'),
    });
    expect({ ...ran, stderr: ran.stderr.replaceAll(path, '<path>') }).toEqual({
      stdout: '',
      stderr,
      status,
    });
    await expect(open(path)).rejects.toThrow('ENOENT');
  });

  test.each([
    { kind: 'a folder', make: (path: string) => mkdir(path) },
    { kind: 'a symbolic link', make: (path: string) => symlink('/etc/hostname', path) },
  ])('refuses $kind in the place of the file', async ({ kind, make }) => {
    const { path, config } = await configured();
    await make(path);
    expect(await handglass(['shm', 'create', '--config', config])).toEqual({
      stdout: '',
      stderr:
        `handglass: ${path} is ${kind}, not a regular file.\n` +
        '           See who made it and remove it, or configure another path.\n',
      status: 1,
    });
  });

  test('makes the other files where one fails', async () => {
    const bad = entry({ owner: 'nobody-of-this-name' });
    const good = entry();
    const config = await configFile(bad.text + good.text);
    expect(await handglass(['shm', 'create', '--config', config])).toEqual({
      stdout: `${good.path}: made, size 16 MiB, reserved, owner ${user}, group ${group}, mode 0660\n`,
      stderr:
        'handglass: There is no user "nobody-of-this-name" on this machine.\n' +
        '           Name one that "getent passwd" lists, or create it.\n',
      status: 3,
    });

    const { stdout, status } = await handglass(['shm', 'create', '--json', '--config', config]);
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toEqual([
      {
        path: bad.path,
        outcome: 'failed',
        code: 'config',
        message: 'There is no user "nobody-of-this-name" on this machine.',
        remedy: 'Name one that "getent passwd" lists, or create it.',
      },
      { path: good.path, outcome: 'unchanged', changes: [] },
    ]);
  });

  test('tells every failure in order, and ends with the status of the first', async () => {
    const folder = entry();
    await mkdir(folder.path);
    const stranger = entry({ owner: 'nobody-of-this-name' });
    const config = await configFile(folder.text + stranger.text);
    expect(await handglass(['shm', 'create', '--config', config])).toEqual({
      stdout: '',
      stderr:
        `handglass: ${folder.path} is a folder, not a regular file.\n` +
        '           See who made it and remove it, or configure another path.\n' +
        '           There is no user "nobody-of-this-name" on this machine.\n' +
        '           Name one that "getent passwd" lists, or create it.\n',
      status: 1,
    });
  });
});

describe('shm status', () => {
  test('says that nothing is configured', async () => {
    const config = await configFile('');
    expect((await handglass(['shm', 'status', '--config', config])).stdout).toBe(
      'No shared memory is configured.\n',
    );
    expect((await handglass(['shm', 'status', '--json', '--config', config])).stdout).toBe('[]\n');
  });

  test('shows a file that no host has used', async () => {
    const { shm } = await configured();
    await shm('create');
    expect(await shm('status')).toMatchInlineSnapshot(`
      "<path> of win10
        16 MiB, <user>:<group>, mode 0660
        no host
      "
    `);
  });

  test('shows what is wrong with a file', async () => {
    const { path, shm } = await configured();
    await writeFile(path, 'small');
    await chmod(path, 0o600);
    expect(await shm('status')).toMatchInlineSnapshot(`
      "<path> of win10
        5 bytes, <user>:<group>, mode 0600
        no host
        Its size is 5 bytes, configured is 16 MiB.
        Its mode is 0600, configured is 0660.
      "
    `);
  });

  test('shows a file that is missing', async () => {
    const { shm } = await configured();
    expect(await shm('status')).toMatchInlineSnapshot(`
      "<path> of win10
        It does not exist: \`sudo handglass shm create\` makes it.
      "
    `);
  });

  test('shows something else in the place of a file', async () => {
    const { path, shm } = await configured();
    await mkdir(path);
    expect(await shm('status')).toMatchInlineSnapshot(`
      "<path> of win10
        It is not a regular file.
      "
    `);
  });

  test('tells a host that has stopped from one that is alive', async () => {
    const { path, shm } = await configured();
    await shm('create');
    const header = { protocol: 6, sessionId: 7, heartbeat: 1, hostVersion: 'B7' };
    await using file = await open(path, 'r+');
    await file.write(headerBytes(header));
    expect(await shm('status')).toMatchInlineSnapshot(`
      "<path> of win10
        16 MiB, <user>:<group>, mode 0660
        host stopped, version B7
      "
    `);

    const beating = setInterval(() => {
      header.heartbeat += 1;
      void file.write(headerBytes(header), 0, 24, 0);
    }, 20);
    try {
      expect(await shm('status')).toMatchInlineSnapshot(`
        "<path> of win10
          16 MiB, <user>:<group>, mode 0660
          host alive, version B7
        "
      `);
    } finally {
      clearInterval(beating);
    }
  });

  test('--json gives every fact', async () => {
    const { path, shm } = await configured();
    await shm('create');
    await truncate(path, 4096);
    expect(JSON.parse(await shm('status', '--json'))).toEqual([
      {
        domain: 'win10',
        path: '<path>',
        found: { kind: 'file', bytes: 4096, owner: user, group, mode: '0660' },
        problems: ['Its size is 4096 bytes, configured is 16 MiB.'],
        host: 'none',
        header: null,
      },
    ]);
  });
});
