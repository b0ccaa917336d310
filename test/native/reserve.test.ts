import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { native, thrownBy } from './addon.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = join(folder, 'file');
const withFile = <Result>(flags: string, action: (fd: number) => Result): Result => {
  const fd = openSync(path, flags);
  try {
    return action(fd);
  } finally {
    closeSync(fd);
  }
};

test('reserving extends a file and allocates its blocks', () => {
  const facts = withFile('w', (fd) => {
    native.reserve(fd, 1 << 20);
    return fstatSync(fd);
  });
  expect(facts.size).toBe(1 << 20);
  expect(facts.blocks * 512).toBeGreaterThanOrEqual(1 << 20);
});

test('reserving less than a file has leaves its size', () => {
  const facts = withFile('w', (fd) => {
    native.reserve(fd, 8192);
    native.reserve(fd, 1);
    return fstatSync(fd);
  });
  expect(facts.size).toBe(8192);
});

test.each([
  ['a file open for reading only', 'r', 4096, 'EBADF'],
  ['no bytes', 'w', 0, 'EINVAL'],
  ['more than any file can hold', 'w', Number.MAX_SAFE_INTEGER, /^(EFBIG|ENOSPC)$/],
])('reserving fails with its errno for %s', (_name, flags, bytes, code) => {
  const error = withFile(flags, (fd) => thrownBy(() => native.reserve(fd, bytes)));
  expect(error).toMatchObject({
    code: expect.stringMatching(code),
    syscall: 'posix_fallocate',
  });
});

test.each([
  [-1, 1, 'fd must be a whole number from 0 to 2147483647'],
  ['1', 1, 'fd must be'],
  [1, 1.5, 'bytes must be a whole number from 0 to 9007199254740991'],
  [1, -1, 'bytes must be'],
  [1, Number.NaN, 'bytes must be'],
  [1, 2 ** 53, 'bytes must be'],
  [1, undefined, 'bytes must be'],
])('reserve(%j, %j) is refused by the argument name', (fd, bytes, message) => {
  const error = thrownBy(() => native.reserve(fd as number, bytes as number));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
});
