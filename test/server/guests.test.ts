import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { openGuests, unreadableGuests } from '../../src/server/guests.ts';
import { host, manualClock, temporaryFolder } from './support.ts';

async function emptyStore() {
  const path = join(await temporaryFolder(), 'guests.json');
  return { path, guests: await openGuests(host, path) };
}

test('without a file there are no guests, and none is made', async () => {
  const { path, guests } = await emptyStore();
  expect(guests.list()).toEqual([]);
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a paired guest is known by its token, now and after a restart', async () => {
  const { path, guests } = await emptyStore();
  const { id, domain, token } = await guests.pair('win10');
  expect(token).toMatch(/^[0-9a-f]{12}\.[\w-]{43}$/);
  expect(guests.authenticate(token)).toEqual({ id, domain });
  expect((await openGuests(host, path)).authenticate(token)).toEqual({ id, domain: 'win10' });
});

test('only the owner may open the file, and the secret is not in it', async () => {
  const { path, guests } = await emptyStore();
  const { token } = await guests.pair('win10');
  expect((await stat(path)).mode & 0o7777).toBe(0o600);
  expect(await readFile(path, 'utf8')).not.toContain(token.split('.')[1]);
});

test.each([
  ['nothing', () => ''],
  ['no secret', (token: string) => token.split('.')[0] ?? ''],
  ['an empty secret', (token: string) => `${token.split('.')[0]}.`],
  ['an unknown id', (token: string) => `000000000000.${token.split('.')[1]}`],
  ['no id', (token: string) => `.${token.split('.')[1]}`],
  ['the secret alone', (token: string) => token.split('.')[1] ?? ''],
  ['one more character', (token: string) => `${token}A`],
  ['one more part', (token: string) => `${token}.A`],
  ['one character less', (token: string) => token.slice(0, -1)],
  ['a line feed at its end', (token: string) => `${token}\n`],
  ['other letters', (token: string) => token.toUpperCase()],
])('a token is refused that has %s', async (_name, change) => {
  const { guests } = await emptyStore();
  const { token } = await guests.pair('win10');
  expect(guests.authenticate(change(token))).toBeNull();
});

test("one guest's id does not go with another's secret", async () => {
  const { guests } = await emptyStore();
  const one = await guests.pair('win10');
  const two = await guests.pair('linux');
  expect(guests.authenticate(`${one.id}.${two.token.split('.')[1]}`)).toBeNull();
});

test('a revoked guest is unknown, now and after a restart', async () => {
  const { path, guests } = await emptyStore();
  const one = await guests.pair('win10');
  const two = await guests.pair('win10');
  await guests.revoke(one.id);
  expect(guests.authenticate(one.token)).toBeNull();
  expect(guests.authenticate(two.token)).not.toBeNull();
  expect((await openGuests(host, path)).list()).toMatchObject([{ id: two.id }]);
});

test('a guest whose revocation cannot be written is unknown all the same, until a restart', async () => {
  const path = join(await temporaryFolder(), 'guests.json');
  let isFull = false;
  const replaceFile: typeof host.replaceFile = (...written) =>
    isFull ? Promise.reject(new Error('ENOSPC')) : host.replaceFile(...written);
  const guests = await openGuests({ ...host, replaceFile }, path);
  const { id, token } = await guests.pair('win10');
  isFull = true;
  await expect(guests.revoke(id)).rejects.toMatchObject({
    code: 'internal',
    what: `The guest is revoked for now, but not in ${path}: ENOSPC.`,
  });
  expect([guests.authenticate(token), guests.list()]).toEqual([null, []]);
  expect((await openGuests(host, path)).authenticate(token)).not.toBeNull();
  isFull = false;
  await guests.revoke(id);
  expect((await openGuests(host, path)).list()).toEqual([]);
});

test('where the list cannot be known nobody is let in, and a change is refused with the reason', async () => {
  const { path, guests } = await emptyStore();
  const { id, token } = await guests.pair('win10');
  const problem = new HandglassError('config', 'The list is damaged.', 'Restore it.');
  const none = unreadableGuests(problem);
  expect([none.list(), none.authenticate(token)]).toEqual([[], null]);
  await expect(none.pair('win10')).rejects.toBe(problem);
  expect(() => none.requireKnown()).toThrow(problem);
  await expect(none.revoke(id)).rejects.toBe(problem);
  expect((await openGuests(host, path)).list()).toHaveLength(1);
});

test('revoking whom nobody knows fails and changes nothing', async () => {
  const { guests } = await emptyStore();
  await guests.pair('win10');
  await expect(guests.revoke('000000000000')).rejects.toMatchObject({ code: 'guest-unknown' });
  expect(guests.list()).toHaveLength(1);
});

test('changes that are asked for together are all made', async () => {
  const { path, guests } = await emptyStore();
  const first = await guests.pair('first');
  const domains = Array.from({ length: 20 }, (_, index) => `domain${index}`);
  await Promise.all([
    ...domains.slice(0, 10).map((domain) => guests.pair(domain)),
    guests.revoke(first.id),
    ...domains.slice(10).map((domain) => guests.pair(domain)),
  ]);
  const reopened = await openGuests(host, path);
  expect(reopened.list().map(({ domain }) => domain)).toEqual(domains);
});

test('a change that cannot be written is not made, and the next one is', async () => {
  const path = join(await temporaryFolder(), 'guests.json');
  let full = true;
  const replaceFile: typeof host.replaceFile = async (...args) => {
    if (full) throw new Error('ENOSPC');
    await host.replaceFile(...args);
  };
  const guests = await openGuests({ ...host, replaceFile }, path);
  await expect(guests.pair('win10')).rejects.toThrow('ENOSPC');
  expect(guests.list()).toEqual([]);
  full = false;
  await guests.pair('win10');
  expect(guests.list()).toHaveLength(1);
});

test('when a guest was seen is known at once, and written once a minute', async () => {
  const path = join(await temporaryFolder(), 'guests.json');
  const clock = manualClock();
  const guests = await openGuests({ ...host, ...clock }, path);
  const { id } = await guests.pair('win10');
  const writtenGuest = async () => (await openGuests(host, path)).list()[0];
  const written = async () => (await writtenGuest())?.lastSeen;
  expect(guests.list()).toEqual([{ id, domain: 'win10', lastSeen: null, address: null }]);

  await guests.seen(id, '192.168.122.10');
  expect(await written()).toBe('2026-01-01T00:00:00.000Z');
  clock.advance(59_000);
  await guests.seen(id, '192.168.122.10');
  expect(guests.list()[0]?.lastSeen).toBe('2026-01-01T00:00:59.000Z');
  expect(await written()).toBe('2026-01-01T00:00:00.000Z');
  clock.advance(1_000);
  await guests.seen(id, '192.168.122.10');
  expect(await written()).toBe('2026-01-01T00:01:00.000Z');
  expect((await writtenGuest())?.address).toBe('192.168.122.10');
});

const id = '0123456789ab';
const sha256 = 'a'.repeat(64);
test.each([
  ['is empty', ''],
  ['ends in the middle', '{"guests": ['],
  ['is no object', '[]'],
  ['has no guests', '{}'],
  ['has an unknown field', '{"guests": [], "more": 1}'],
  ['has a guest without a hash', `{"guests": [{"id": "${id}", "domain": "a", "lastSeen": null}]}`],
  [
    'has a hash that is too short',
    `{"guests": [{"id": "${id}", "domain": "a", "sha256": "abcd", "lastSeen": null}]}`,
  ],
  [
    'has a guest of no domain',
    `{"guests": [{"id": "${id}", "domain": "", "sha256": "${sha256}", "lastSeen": null}]}`,
  ],
])('a file is refused, and left as it is, that %s', async (_name, text) => {
  const path = join(await temporaryFolder(), 'guests.json');
  await writeFile(path, text, { mode: 0o600 });
  await expect(openGuests(host, path)).rejects.toMatchObject({
    code: 'config',
    remedy:
      'Restore it from a backup, or delete it and pair every guest again; then restart the service.',
  });
  expect(await readFile(path, 'utf8')).toBe(text);
});

test.each([0o640, 0o604, 0o620, 0o602, 0o666])('a file of mode %o is refused', async (mode) => {
  const { path, guests } = await emptyStore();
  await guests.pair('win10');
  await chmod(path, mode);
  await expect(openGuests(host, path)).rejects.toMatchObject({
    code: 'config',
    what: `The list of guests in ${path} is open to others than its owner (mode 0${mode.toString(8)}).`,
  });
});

test('a link and a folder in the place of the file are refused', async () => {
  const { path, guests } = await emptyStore();
  await guests.pair('win10');
  await symlink(path, `${path}.link`);
  await mkdir(`${path}.folder`);
  await expect(openGuests(host, `${path}.link`)).rejects.toMatchObject({ code: 'config' });
  await expect(openGuests(host, `${path}.folder`)).rejects.toMatchObject({ code: 'config' });
});
