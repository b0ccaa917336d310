import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCertificate } from '../../src/server/certificate.ts';
import { spkiPin } from '../../src/server/pin.ts';
import { host, manualClock, temporaryFolder, until } from './support.ts';

const dayMs = 24 * 3_600_000;

async function opened(path?: string) {
  const clock = manualClock();
  const file = path ?? join(await temporaryFolder(), 'tls.pem');
  const certificate = await openCertificate({ ...host, ...clock }, file);
  const read = () => new X509Certificate(certificate.current().cert);
  return { clock, file, certificate, read };
}

test('the first start makes a key and a certificate for a year, which its owner alone may open', async () => {
  const { clock, file, read } = await opened();
  expect((await stat(file)).mode & 0o7777).toBe(0o600);
  const { subject, validFrom, validTo, publicKey } = read();
  expect(subject).toBe('CN=handglass');
  expect(publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  expect(read().verify(publicKey)).toBe(true);
  // A guest's clock may be a little behind.
  expect(Date.parse(validFrom)).toBe(clock.now() - dayMs);
  expect(Date.parse(validTo)).toBe(clock.now() + 365 * dayMs);
});

test('the next start adopts them', async () => {
  const { file, certificate } = await opened();
  const again = await opened(file);
  expect(again.certificate.current()).toEqual(certificate.current());
  expect(again.certificate.pin).toBe(certificate.pin);
});

test('the pin is that of the public key, in 43 characters', async () => {
  const { certificate, read } = await opened();
  expect(certificate.pin).toBe(spkiPin(read().publicKey));
  expect(certificate.pin).toMatch(/^[\w-]{43}$/);
});

test('a certificate with less than 30 days left is renewed with the same key, and told of', async () => {
  const { clock, file, certificate, read } = await opened();
  const ending = new AbortController();
  const failures: unknown[] = [];
  const first = certificate.current();
  let renewals = 0;
  certificate.onRenewal(() => {
    renewals += 1;
  });
  clock.advance(335 * dayMs);
  const running = certificate.renewInTime((error) => failures.push(error), ending.signal);
  await Promise.resolve();
  expect(certificate.current()).toBe(first);
  await until(() => {
    clock.advance(dayMs);
    return renewals > 0;
  });
  expect(certificate.current().key).toBe(first.key);
  expect(spkiPin(read().publicKey)).toBe(certificate.pin);
  expect(Date.parse(read().validTo)).toBeGreaterThan(clock.now() + 300 * dayMs);
  expect(await readFile(file, 'utf8')).toBe(first.key + certificate.current().cert);
  ending.abort();
  await running;
  expect(failures).toEqual([]);
});

test('where a renewal cannot be written, the old one serves on', async () => {
  const { clock, file, certificate } = await opened();
  const first = certificate.current();
  const ending = new AbortController();
  const failures: unknown[] = [];
  const elsewhere = await openCertificate(
    { ...host, ...clock, replaceFile: () => Promise.reject(new Error('disk full')) },
    file,
  );
  clock.advance(340 * dayMs);
  const running = elsewhere.renewInTime((error) => failures.push(error), ending.signal);
  await until(() => failures.length > 0);
  expect(elsewhere.current()).toEqual(first);
  ending.abort();
  await running;
});

test.each([
  ['group', 0o640],
  ['everyone', 0o604],
])('a key that the %s may read is refused', async (_who, mode) => {
  const { file } = await opened();
  await chmod(file, mode);
  await expect(opened(file)).rejects.toMatchObject({
    code: 'config',
    what: `The service's key in ${file} is open to others than its owner (mode 0${mode.toString(8)}).`,
  });
});

test.each([
  ['empty', () => ''],
  ['no PEM', () => 'hello'],
  ['the key alone', (text: string) => text.slice(0, text.indexOf('-----BEGIN CERT'))],
  ['cut short', (text: string) => text.slice(0, -60)],
])('a file that is %s is refused with the remedy', async (_name, change) => {
  const { file } = await opened();
  await writeFile(file, change(await readFile(file, 'utf8')));
  await expect(opened(file)).rejects.toMatchObject({
    code: 'config',
    what: `The service's key in ${file} cannot be read: its content is not ours.`,
    remedy:
      'Restore it from a backup, or delete it and pair every guest again: they know the service by it.',
  });
});

test('a certificate of another key is refused', async () => {
  const [one, other] = [await opened(), await opened()];
  const { file } = one;
  await writeFile(file, one.certificate.current().key + other.certificate.current().cert);
  await expect(opened(file)).rejects.toMatchObject({ code: 'config' });
});

test.each(['link', 'folder'])('a %s in its place is refused', async (kind) => {
  const file = join(await temporaryFolder(), 'tls.pem');
  await (kind === 'link' ? symlink('/dev/null', file) : mkdir(file));
  await expect(opened(file)).rejects.toMatchObject({
    what: `The service's key in ${file} cannot be read: it is no regular file but a ${kind}.`,
  });
});

test('whoever has heard enough of renewals is told of none', async () => {
  const { clock, certificate } = await opened();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  let told = false;
  certificate.onRenewal(() => {
    told = true;
  })();
  const before = certificate.current();
  clock.advance(360 * dayMs);
  void certificate.renewInTime(() => {}, ending.signal);
  await until(() => certificate.current() !== before);
  expect(told).toBe(false);
});
