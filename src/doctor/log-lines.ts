/** The lines of the log that the doctor looks for. */
import { startOrEnd } from './guest-starts.ts';
import { kernelLogLines } from './kernel-log-lines.ts';
import type { KnownLine } from './known-line.ts';
import { programLogLines } from './program-log-lines.ts';

export const knownLines: readonly (KnownLine & { isOfPrograms: boolean })[] = [
  ...kernelLogLines.map((line) => ({ ...line, isOfPrograms: false })),
  ...programLogLines.map((line) => ({ ...line, isOfPrograms: true })),
];

export const logPatterns: readonly string[] = [
  ...knownLines.map(({ pattern }) => pattern),
  startOrEnd,
];
