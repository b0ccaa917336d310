import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { processes } from '../../src/host/processes.ts';
import { unreadablePaths } from '../../src/system/input-rights.ts';
import { createSysfs } from './sysfs.ts';

const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();

async function nodesOf(...modes: number[]) {
  const { root, host, write } = await createSysfs();
  const paths = modes.map((_, index) => `/dev/input/event${index}`);
  for (const [index, path] of paths.entries()) {
    await write(path, '');
    await chmod(join(root, path), modes[index] ?? 0);
  }
  return { host: { ...host, ...processes }, paths };
}

test('what is in the group and readable for it is readable', async () => {
  const { host, paths } = await nodesOf(0o660, 0o640, 0o600, 0o606);
  const unreadable = ['/dev/input/event2', '/dev/input/event3'];
  expect(await unreadablePaths(host, paths, group)).toEqual(new Set(unreadable));
});

test('what is in another group is not', async () => {
  const { host, paths } = await nodesOf(0o660);
  expect(await unreadablePaths(host, paths, 'another')).toEqual(new Set(paths));
});

test('a device that has gone has no rights to complain of', async () => {
  const { host } = await nodesOf();
  expect(await unreadablePaths(host, ['/dev/input/event9'], group)).toEqual(new Set());
});
