/**
 * Every failure that a user or a guest can meet, as one class with a stable code. Programs decide
 * by the code; people read the sentences. Nothing matches on the English text.
 */
import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';

/** Stable names of failures: `data.code` in the protocol, and what the exit status derives from. */
export type ErrorCode =
  | 'address-absent'
  | 'busy'
  | 'config'
  | 'device-absent'
  | 'device-ambiguous'
  | 'device-refused'
  | 'domain-deaf'
  | 'domain-unknown'
  | 'domain-not-running'
  | 'guest-unknown'
  | 'handoff-failed'
  | 'host-unfit'
  | 'input-unavailable'
  | 'internal'
  | 'libvirt-unavailable'
  | 'listen-failed'
  | 'locked-out'
  | 'not-permitted'
  | 'pairing-failed'
  | 'protocol'
  | 'qemu-unavailable'
  | 'report-failed'
  | 'seat-unknown'
  | 'service-down'
  | 'shm-busy'
  | 'shm-failed'
  | 'target-unknown'
  | 'trial-not-running'
  | 'unauthenticated'
  | 'usage'
  | 'vbios-failed';

/** A failure in sentences: what failed and where, and what to do about it. */
export class HandglassError extends Error {
  readonly code: ErrorCode;
  /** What failed and where: one sentence or several, each ending in a full stop. */
  readonly what: string;
  /** What the reader can do about it, likewise; empty where nothing can be done. */
  readonly remedy: string;

  constructor(code: ErrorCode, what: string, remedy = '', options?: ErrorOptions) {
    super(remedy === '' ? what : `${what} ${remedy}`, options);
    this.name = 'HandglassError';
    this.code = code;
    this.what = what;
    this.remedy = remedy;
  }
}

/** Whether an error came from a system call that failed with this errno, such as `ENOENT`. */
export function isErrno(error: unknown, ...names: string[]): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && names.includes(String(error.code));
}

/**
 * The reason in an error of any kind, as text to embed in a sentence (no trailing full stop). Of a
 * system call that failed it is what the system says of that, such as `permission denied`: what was
 * tried, and on what, is for the sentence to tell.
 */
export function reasonOf(error: unknown): string {
  const text = systemReason(error) ?? (error instanceof Error ? error.message : String(error));
  return text.trim().replace(/\.$/, '');
}

/** The same, with the path that the system call was about. */
export function reasonWithPath(error: unknown): string {
  const path = error instanceof Error && 'path' in error ? String(error.path) : '';
  return path === '' ? reasonOf(error) : `${reasonOf(error)} (${path})`;
}

function systemReason(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  const number = Object.entries(constants.errno).find(([name]) => name === error.code)?.[1];
  return number === undefined ? null : getSystemErrorMessage(-number);
}
