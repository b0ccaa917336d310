import { expect, test } from 'vitest';
import { processes } from '../../src/host/processes.ts';
import { groupId, groupName, userId, userName } from '../../src/system/accounts.ts';

test('accounts are found by name', async () => {
  expect(await userId(processes, 'root')).toBe(0);
  expect(await userId(processes, 'nobody')).toBe(65_534);
  expect(await groupId(processes, 'root')).toBe(0);
});

test('an id that an account has stands for it', async () => {
  expect(await userId(processes, '0')).toBe(0);
});

test('ids are shown as names, or as they are where nobody has them', async () => {
  expect(await userName(processes, 0)).toBe('root');
  expect(await groupName(processes, 0)).toBe('root');
  expect(await userName(processes, 3_999_999)).toBe('3999999');
  expect(await groupName(processes, 3_999_999)).toBe('3999999');
});

test.each(['no-such-account', '--help', '', 'root:x', '3999999'])(
  'the name "%s" belongs to nobody',
  async (name) => {
    await expect(userId(processes, name)).rejects.toMatchObject({
      code: 'config',
      what: `There is no user "${name}" on this machine.`,
    });
    await expect(groupId(processes, name)).rejects.toMatchObject({
      code: 'config',
      what: `There is no group "${name}" on this machine.`,
    });
  },
);
