import { describe, expect, test } from 'vitest';
import { handglass } from './handglass.ts';

const range = '640x480 to 16384x16384, upright ones (480x640) included';

interface WrongUse {
  args: string[];
  /** What the first lines say. */
  what: string[];
  /** Whose help is pointed to. */
  help: string;
}

const wrongUses: WrongUse[] = [
  wrong(['statu'], 'There is no command "statu"; the nearest is `status`.'),
  wrong(['stat'], 'There is no command "stat"; the nearest is `status`.'),
  wrong(['nonsense'], 'There is no command "nonsense".'),
  ...['foo', 'x', 'run', 'start', 'list'].map((word) =>
    wrong([word], `There is no command "${word}".`),
  ),
  wrong(['shm', 'list'], 'There is no command "list".'),
  wrong(['Status'], 'There is no command "Status"; the nearest is `status`.'),
  wrong(['shm', 'sise'], 'There is no command "sise"; the nearest is `size`.'),
  wrong(['guest', 'par', 'x'], 'There is no command "par"; the nearest is `pair`.'),
  wrong(['config', '/etc/x.toml'], 'There is no command "/etc/x.toml".'),
  wrong(['--nope'], '--nope stands where a command should: flags come behind it.'),
  wrong(['-x'], '-x stands where a command should: flags come behind it.'),
  wrong(['--json', 'status'], '--json stands where a command should: flags come behind it.'),
  wrong(['--config'], '--config stands where a command should: flags come behind it.'),
  wrong(
    ['--config', '/etc/x.toml'],
    '--config stands where a command should: flags come behind it.',
  ),
  wrong(
    ['--config=/etc/x.toml'],
    '--config=/etc/x.toml stands where a command should: flags come behind it.',
  ),
  wrong(['status', '--nope'], 'There is no flag --nope.', 'status'),
  wrong(['status', '--jsn'], 'There is no flag --jsn; the nearest is --json.', 'status'),
  wrong(['status', '--no-json'], 'There is no flag --no-json.', 'status'),
  wrong(['status', '-j'], 'There is no flag -j.', 'status'),
  wrong(['status', '--json', '--json'], '--json stands there twice.', 'status'),
  wrong(['status', '--json=perhaps'], 'json cannot be "perhaps".', 'status'),
  wrong(['status', 'desk'], '"desk" is one argument too many.', 'status'),
  wrong(['status', '--', '--json'], '"--json" is one argument too many.', 'status'),
  wrong(['status', '--config', '/x'], 'There is no flag --config.', 'status'),
  wrong(['--config', '/x', 'status'], 'There is no flag --config.', 'status'),
  wrong(['give'], ['SEAT is missing.', 'TARGET is missing.'], 'give'),
  wrong(['give', 'desk'], 'TARGET is missing.', 'give'),
  wrong(['give', 'desk', 'win10', 'now'], '"now" is one argument too many.', 'give'),
  wrong(['give', '', 'win10'], 'SEAT cannot be "".', 'give'),
  wrong(['give', '', ''], ['SEAT cannot be "".', 'TARGET cannot be "".'], 'give'),
  wrong(['toggle', ''], 'SEAT cannot be "".', 'toggle'),
  wrong(['toggle', 'desk', 'sofa'], '"sofa" is one argument too many.', 'toggle'),
  wrong(['watch', 'desk'], '"desk" is one argument too many.', 'watch'),
  wrong(['guest', 'pair'], 'DOMAIN|TEXT is missing.', 'guest pair'),
  wrong(['guest', 'pair', 'a', 'b'], '"b" is one argument too many.', 'guest pair'),
  wrong(['guest', 'list', 'win10'], '"win10" is one argument too many.', 'guest list'),
  wrong(['guest', 'revoke'], 'ID is missing.', 'guest revoke'),
  wrong(['guest', 'revoke', 'a', 'b'], '"b" is one argument too many.', 'guest revoke'),
  wrong(['guest', 'give'], 'SEAT is missing.', 'guest give'),
  wrong(['guest', 'give', 'desk', 'host'], '"host" is one argument too many.', 'guest give'),
  wrong(['guest', 'release'], 'SEAT is missing.', 'guest release'),
  wrong(['guest', 'unpair', 'x'], '"x" is one argument too many.', 'guest unpair'),
  wrong(['panel', 'win10'], '"win10" is one argument too many.', 'panel'),
  wrong(['shm', 'size'], 'WIDTHxHEIGHT is missing.', 'shm size'),
  wrong(['shm', 'size', ''], 'WIDTHxHEIGHT cannot be "".', 'shm size'),
  wrong(['shm', 'size', '1x1', '2x2'], '"2x2" is one argument too many.', 'shm size'),
  wrong(
    ['shm', 'size', '2560x1440', '--for', 'b8'],
    '--for takes b7, idd or any, not "b8".',
    'shm size',
  ),
  wrong(['shm', 'size', '2560x1440', '--for'], '--for needs a value behind it.', 'shm size'),
  wrong(
    ['shm', 'size', '--for', '--hdr', '2560x1440'],
    '--for needs a value behind it.',
    'shm size',
  ),
  wrong(['shm', 'size', '2560x1440', '--hdr=maybe'], 'hdr cannot be "maybe".', 'shm size'),
  wrong(
    ['shm', 'size', '2560x1440', '--for', 'b7', '--for', 'idd'],
    '--for stands there twice.',
    'shm size',
  ),
  wrong(['shm', 'create', 'all'], '"all" is one argument too many.', 'shm create'),
  wrong(['shm', 'status', '--config'], '--config needs a value behind it.', 'shm status'),
  wrong(['shm', 'create', '--config', ''], 'config cannot be "".', 'shm create'),
  wrong(['config', 'check', ''], 'FILE cannot be "".', 'config check'),
  wrong(['config', 'check', '/a', '/b'], '"/b" is one argument too many.', 'config check'),
  wrong(
    ['--config', '/a', 'config', 'check', '--config', '/b'],
    '--config stands there twice.',
    'config check',
  ),
  wrong(['daemon', 'start'], '"start" is one argument too many.', 'daemon'),
  wrong(['daemon', '--trial'], '--trial needs a value behind it.', 'daemon'),
  wrong(['confirm', 'now'], '"now" is one argument too many.', 'confirm'),
];

function wrong(args: string[], what: string | string[], command = ''): WrongUse {
  return { args, what: [what].flat(), help: `handglass ${command}`.trim() };
}

describe.concurrent('a wrong use is refused with one error and the way to the help', () => {
  test.each(wrongUses)('$args: $what', async ({ args, what, help }) => {
    expect(await handglass(args)).toEqual({
      stdout: '',
      stderr: [
        ...what.map((line) => `handglass: ${line}`),
        `           See \`${help} --help\`.`,
        '',
      ].join('\n'),
      status: 2,
    });
  });
});

describe.concurrent('a resolution that is none, or out of range, is refused', () => {
  test.each([
    '2560',
    '2560x',
    'x1440',
    '2560X1440',
    '2560*1440',
    '2560x1440x32',
    '2560 x 1440',
    '2560x1440.5',
    '1e3x1e3',
    '0x0',
    '-2560x1440',
    '02560x1440',
    '639x480',
    '640x479',
    '16385x9216',
    '٢٥٦٠x١٤٤٠',
    ' ',
  ])('%j', async (text) => {
    expect(await handglass(['shm', 'size', text])).toEqual({
      stdout: '',
      stderr:
        `handglass: "${text}" is no resolution.\n` +
        `           Write WIDTHxHEIGHT in pixels, such as 2560x1440; possible is ${range}.\n`,
      status: 2,
    });
  });
});

describe.concurrent('a trial of no time, or of one out of range, is refused', () => {
  test.each(['', 'ever', '1m', '7.5', '1e2', '0x10', '-7', '4', '3601'])('%j', async (text) => {
    expect(await handglass(['daemon', '--trial', text])).toEqual({
      stdout: '',
      stderr:
        `handglass: "${text}" is no time for a trial.\n` +
        '           Write whole seconds from 5 to 3600, such as 60.\n',
      status: 2,
    });
  });
});
