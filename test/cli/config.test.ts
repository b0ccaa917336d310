import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { handglass } from './handglass.ts';
import { configFile } from './temporary.ts';

const right = `
[[seat]]
name = "desk"
domains = ["win10"]
usb = [{ vendor = "1532", product = "0037" }]
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
      stdout: `{"file":"${path}","problems":[]}\n`,
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
