import { setTimeout } from 'node:timers/promises';
import type { Clock } from './ports.ts';

export const clock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, signal === undefined ? {} : { signal }),
};
