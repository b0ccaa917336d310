import { expect, test } from 'vitest';
import { handglass, screen } from './handglass.ts';

const commands = [
  '',
  'status',
  'give',
  'toggle',
  'watch',
  'input',
  'usb',
  'doctor',
  'groups',
  'vbios',
  'vbios dump',
  'vbios show',
  'vbios strip',
  'report',
  'guest',
  'guest pair',
  'guest list',
  'guest revoke',
  'guest status',
  'guest give',
  'guest release',
  'guest toggle',
  'guest watch',
  'guest unpair',
  'panel',
  'shm',
  'shm size',
  'shm create',
  'shm status',
  'config',
  'config check',
  'daemon',
  'confirm',
  'suspend',
  'resume',
];

test('every command explains itself, on a terminal of 80 columns', async () => {
  const screens = [];
  for (const command of commands) {
    const args = [...command.split(' ').filter(Boolean), '--help'];
    screens.push(screen(args, await handglass(args)));
  }
  const text = screens.join('\n');
  await expect(text).toMatchFileSnapshot('../golden/cli/help.txt');
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

test.each([
  { args: [], same: ['--help'] },
  { args: ['-h'], same: ['--help'] },
  { args: ['shm'], same: ['shm', '--help'] },
  { args: ['guest'], same: ['guest', '--help'] },
  { args: ['config'], same: ['config', '--help'] },
  { args: ['shm', 'size', '-h'], same: ['shm', 'size', '--help'] },
])('$args shows what $same shows', async ({ args, same }) => {
  expect(await handglass(args)).toEqual(await handglass(same));
});

test.each(['--version', '-v'])('%s prints the version', async (flag) => {
  expect(await handglass([flag])).toEqual({ stdout: '0.1.0\n', stderr: '', status: 0 });
});
