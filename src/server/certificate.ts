/**
 * The service's certificate and its key, both in one file that its owner alone may open. The key is
 * made once and stays, because clients know the service by it; the certificate is renewed in time.
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Clock, ReadFiles, WriteFiles } from '../host/ports.ts';
import { spkiPin } from './pin.ts';

/** Both in PEM. */
export interface KeyAndCertificate {
  key: string;
  cert: string;
}

export interface Certificate {
  /** Stays the same for as long as the file is kept. */
  pin: string;
  current(): KeyAndCertificate;
  /** Of the current one, as browsers show it: its SHA-256, `0A:1B:…`. Another after each renewal. */
  fingerprint(): string;
  /** Calls the listener after each renewal, until the returned function is called. */
  onRenewal(listener: () => void): () => void;
  /**
   * Renews it where it ends within 30 days, now and once a day, until the signal is aborted. Failures
   * go to `report`, and what there is serves on.
   */
  renewInTime(report: (error: unknown) => void, signal: AbortSignal): Promise<void>;
}

/**
 * Adopts what the file has, and makes both where there is no file.
 *
 * @throws HandglassError `config` where the file is damaged, or anyone but its owner may open it
 */
export async function openCertificate(
  host: ReadFiles & WriteFiles & Clock,
  path: string,
): Promise<Certificate> {
  const listeners = new Set<() => void>();
  let kept = (await readKept(host, path)) ?? (await renewed(newKey()));

  async function renewed(key: string): Promise<KeyAndCertificate> {
    const { selfSigned } = await import('./self-signed.ts');
    const from = host.now() - dayMs;
    const made = { key, cert: await selfSigned(key, from, from + validDays * dayMs) };
    await host.replaceFile(path, made.key + made.cert, fileMode);
    return made;
  }

  async function renewIfDue(): Promise<void> {
    const ends = Date.parse(new X509Certificate(kept.cert).validTo);
    if (ends - host.now() >= renewDays * dayMs) return;
    kept = await renewed(kept.key);
    for (const listener of listeners) listener();
  }

  return {
    pin: spkiPin(createPublicKey(kept.key)),
    current: () => kept,
    fingerprint: () => new X509Certificate(kept.cert).fingerprint256,

    onRenewal(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    async renewInTime(report, signal) {
      while (!signal.aborted) {
        await renewIfDue().catch(report);
        await host.sleep(dayMs, signal).catch(() => {});
      }
    },
  };
}

const dayMs = 24 * 3_600_000;
const validDays = 366;
const renewDays = 30;
const fileMode = 0o600;

function newKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
    publicKeyEncoding: { format: 'pem', type: 'spki' },
  }).privateKey;
}

async function readKept(host: ReadFiles, path: string): Promise<KeyAndCertificate | null> {
  try {
    const { kind, mode } = await host.factsOf(path);
    if (kind !== 'file') throw damaged(path, `it is no regular file but a ${kind}`);
    if ((mode & 0o077) !== 0) throw tooOpen(path, mode);
    return partsOf(await host.readText(path));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    if (error instanceof HandglassError) throw error;
    // What OpenSSL says of a broken key is of no use to anybody.
    const isRefused = isErrno(error, 'EACCES', 'EPERM', 'EIO');
    throw damaged(path, isRefused ? reasonOf(error) : 'its content is not ours');
  }
}

/** Throws where the two do not belong together, or are not there. */
function partsOf(text: string): KeyAndCertificate {
  const [, key = '', cert = ''] = /^(-.*?-----END PRIVATE KEY-----\n)(-.*)$/s.exec(text) ?? [];
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('the certificate is for another key');
  }
  return { key, cert };
}

function damaged(path: string, reason: string): HandglassError {
  return new HandglassError(
    'config',
    `The service's key in ${path} cannot be read: ${reason}.`,
    'Restore it from a backup, or delete it and pair every guest again: they know the service by it.',
  );
}

function tooOpen(path: string, mode: number): HandglassError {
  return new HandglassError(
    'config',
    `The service's key in ${path} is open to others than its owner (mode 0${mode.toString(8)}).`,
    `Whoever has read it can pass for the service. See who changed it; then delete it and pair every guest again, or run \`chmod 600 ${path}\` if nobody has.`,
  );
}
