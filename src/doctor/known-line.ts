/** A line of the log that tells of trouble with guests, and what it means. */
import type { LogLine } from '../system/kernel-log.ts';
import type { Todo } from './check.ts';
import type { Facts } from './facts.ts';

export interface KnownLine {
  /** Behind `log.`. */
  id: string;
  title: string;
  /** In what PCRE and JavaScript share. */
  pattern: string;
  verdict: 'warning' | 'problem';
  /** What it means, as one sentence. */
  meaning: string;
  /** Whether what the line tells of has gone well since; unless given, that cannot be seen. */
  isPast?: (facts: Facts, line: LogLine) => boolean;
  todo: (facts: Facts, line: string) => Todo;
}
