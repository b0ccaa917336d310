#!/usr/bin/env node
import { ExitCode, run } from '@stricli/core';
import { join } from 'node:path';
import { clock } from '../host/clock.ts';
import { filesUnder } from '../host/files.ts';
import { runtimeFolder } from '../host/folders.ts';
import { native } from '../host/native.ts';
import { app } from './app.ts';
import type { Context } from './context.ts';
import { usageStatus } from './exit-status.ts';

const interrupted = new AbortController();

const context: Context = {
  // Node's exit status may be undefined as well; stricli's type does not say so.
  process: process as Context['process'],
  host: {
    ...filesUnder('/', native.reserve),
    ...clock,
    // Loaded when first used: most commands start no program.
    async run(...args) {
      const { processes } = await import('../host/processes.ts');
      return processes.run(...args);
    },
  },
  async connect() {
    const { connect } = await import('../server/client.ts');
    return connect(`ws+unix:${join(runtimeFolder(), 'handglass.sock')}:/`);
  },
  async runDaemon(configPath) {
    const { runDaemon } = await import('../daemon/main.ts');
    await runDaemon(configPath);
  },
  signal: interrupted.signal,
  print: (...lines) => process.stdout.write(lines.map((line) => `${line}\n`).join('')),
};

process.once('SIGINT', () => interrupted.abort());
await run(app, configLast(process.argv.slice(2)), context);

const wrongUsage: (string | number | null | undefined)[] = [
  ExitCode.InvalidArgument,
  ExitCode.UnknownCommand,
];
if (wrongUsage.includes(process.exitCode)) process.exitCode = usageStatus;

/** `--config FILE` may stand before the command as well as behind it. */
function configLast(words: string[]): string[] {
  if (words[0] === '--config' && words.length > 2) return [...words.slice(2), ...words.slice(0, 2)];
  if (words[0]?.startsWith('--config=')) return [...words.slice(1), ...words.slice(0, 1)];
  return words;
}
