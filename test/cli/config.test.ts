import { dirname } from 'node:path';
import { run } from '@stricli/core';
import { describe, expect, test } from 'vitest';
import { appFor } from '../../src/cli/app.ts';
import type { Context } from '../../src/cli/context.ts';
import type { ReadFiles } from '../../src/host/ports.ts';
import { createSysfs } from '../system/sysfs.ts';
import { handglass } from './handglass.ts';
import { configFile } from './temporary.ts';

const right = `
[[seat]]
name = "desk"
domains = ["win10"]
`;

const wrong = `
[[seat]]
name = "desk"
domains = []
colour = "red"
`;

describe('config check', () => {
  test.each([
    { place: 'as its argument', args: (path: string) => ['config', 'check', path] },
    { place: 'behind the command', args: (path: string) => ['config', 'check', '--config', path] },
    { place: 'before the command', args: (path: string) => ['--config', path, 'config', 'check'] },
    {
      place: 'joined to its flag',
      args: (path: string) => [`--config=${path}`, 'config', 'check'],
    },
  ])('reads the file named $place', async ({ args }) => {
    const path = await configFile(right);
    expect(await handglass(args(path))).toEqual({
      stdout: `${path}: everything is right\n`,
      stderr: '',
      status: 0,
    });
  });

  test('names each problem with its line and column', async () => {
    const path = await configFile(wrong);
    const { stdout, stderr, status } = await handglass(['config', 'check', path]);
    expect({ stdout, status }).toEqual({ stdout: '', status: 3 });
    expect(stderr.replaceAll(path, '/etc/handglass.toml')).toMatchInlineSnapshot(`
      "handglass: /etc/handglass.toml:4:11: seat[0].domains cannot be an empty list; expected one domain at least, such as ["win10"].
                 /etc/handglass.toml:5:1: seat[0].colour is unknown; expected name, domains, input, usb, optical, swallow, on-start, on-stop, on-pause or on-suspend.
      "
    `);
  });

  test('--json says that nothing is wrong', async () => {
    const path = await configFile(right);
    expect(await handglass(['config', 'check', path, '--json'])).toEqual({
      stdout: `{"file":"${path}","problems":[],"notes":[]}\n`,
      stderr: '',
      status: 0,
    });
  });

  test('--json gives each problem with its place', async () => {
    const path = await configFile(wrong);
    const { stdout, stderr, status } = await handglass(['config', 'check', path, '--json']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 3 });
    expect(JSON.parse(stdout)).toMatchInlineSnapshot(
      { file: expect.any(String) as string },
      `
      {
        "file": Any<String>,
        "notes": [],
        "problems": [
          {
            "column": 11,
            "expected": "one domain at least, such as ["win10"]",
            "key": "seat[0].domains",
            "line": 4,
            "message": "seat[0].domains cannot be an empty list",
          },
          {
            "column": 1,
            "expected": "name, domains, input, usb, optical, swallow, on-start, on-stop, on-pause or on-suspend",
            "key": "seat[0].colour",
            "line": 5,
            "message": "seat[0].colour is unknown",
          },
        ],
      }
    `,
    );
  });
});

/** Checks a configuration on a machine with a mouse. */
async function checkHere(text: string, flags: string[] = [], files: Partial<ReadFiles> = {}) {
  const { host, plugInput, plugUsb, write } = await createSysfs();
  await plugUsb({ port: '1-1', device: 2, serial: 'M1' });
  await plugInput({ node: 1, name: 'Mouse', on: '1-1:1.0', links: ['usb-Here-event-mouse'] });
  await write('/handglass.toml', text);
  let stdout = '';
  const writer = { write: (more: string) => void (stdout += more) };
  const process: Context['process'] = { stdout: writer, stderr: writer };
  const print = (...lines: string[]) => writer.write(lines.map((line) => `${line}\n`).join(''));
  const context = { process, host: { ...host, ...files }, print } as unknown as Context;
  const words = ['config', 'check', '/handglass.toml', ...flags];
  await run(appFor(), words, { process, forCommand: () => context });
  return { stdout, status: process.exitCode };
}

describe('what a seat names and this machine has not', () => {
  const named = `${right}
input = [{ id = "usb-Here-event-mouse" }, { id = "usb-Gone-event-kbd" }]
usb = [{ serial = "M1" }, { serial = "M2" }, { class = "audio" }]
`;

  test('is noted below the word that the file is right', async () => {
    const { stdout, status } = await checkHere(named);
    expect(status).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "/handglass.toml: everything is right
      note: seat desk: No input device here fits { id = "usb-Gone-event-kbd" }.
            Run \`handglass input --config /handglass.toml\`. It lists what is here and what would select it; or plug the device in.
      note: seat desk: No USB device here fits { serial = "M2" }.
            Run \`handglass usb --config /handglass.toml\`. It lists what is here and what would select it; or plug the device in.
      "
    `);
  });

  test('is in the JSON too', async () => {
    const { stdout } = await checkHere(named, ['--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [],
      notes: [
        { message: 'seat desk: No input device here fits { id = "usb-Gone-event-kbd" }.' },
        { message: 'seat desk: No USB device here fits { serial = "M2" }.' },
      ],
    });
  });

  test('is the matter of the doctor where nothing can be read', async () => {
    const unreadable = { listFolder: () => Promise.reject(new Error('EIO')) };
    const { stdout } = await checkHere(named, [], unreadable);
    expect(stdout).toBe('/handglass.toml: everything is right\n');
  });
});

describe('a configuration that cannot be used is refused by every command that reads it', () => {
  const commands = [
    ['config', 'check'],
    ['config', 'check', '--json'],
    ['shm', 'create'],
    ['shm', 'status', '--json'],
    ['daemon'],
  ];

  test.each(commands)('%s %s: one that is missing', async (...args) => {
    const path = `${await configFile(right)}.other`;
    expect(await handglass([...args, '--config', path])).toEqual({
      stdout: '',
      stderr:
        `handglass: There is no configuration at ${path}.\n` +
        '           Copy the example, config/handglass.toml, to that place and edit it, or name another file with --config.\n',
      status: 3,
    });
  });

  test.each(commands)('%s %s: a folder', async (...args) => {
    const path = dirname(await configFile(right));
    expect(await handglass([...args, '--config', path])).toEqual({
      stdout: '',
      stderr:
        `handglass: The configuration ${path} is a folder.\n` +
        `           Name the file in it, such as ${path}/handglass.toml.\n`,
      status: 3,
    });
  });

  test.each([['shm', 'create'], ['shm', 'status'], ['daemon']])(
    '%s %s: one that is no TOML',
    async (...args) => {
      const path = await configFile('seat = [');
      const { stdout, stderr, status } = await handglass(['--config', path, ...args]);
      expect({ stdout, status }).toEqual({ stdout: '', status: 3 });
      expect(stderr).toMatch(/^handglass: \/.*:1:\d+: .*; expected TOML: .*\.\n$/);
    },
  );
});
