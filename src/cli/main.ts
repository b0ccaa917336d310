#!/usr/bin/env node
import { ExitCode, run } from '@stricli/core';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isErrno, reasonOf } from '../errors.ts';
import { clock } from '../host/clock.ts';
import { filesUnder } from '../host/files.ts';
import { runtimeFolder, userConfigFolder } from '../host/folders.ts';
import { native } from '../host/native.ts';
import { appFor, programName } from './app.ts';
import type { Context } from './context.ts';
import { failedStatus, usageStatus } from './exit-status.ts';
import { lineBelow, problemLines } from './render/problem.ts';

const context: Context = {
  // Node's exit status may be undefined as well; stricli's type does not say so.
  process: process as Context['process'],
  host: {
    ...filesUnder('/', native.reserve),
    ...clock,
    // Loaded when first used: most commands start no program.
    async run(...args) {
      const { run: runProgram } = await import('../host/run.ts');
      return runProgram(...args);
    },
    async *follow(...args) {
      const { processes } = await import('../host/processes.ts');
      yield* processes.follow(...args);
    },
  },
  async connect() {
    const { connect } = await import('../server/client.ts');
    return connect(`ws+unix:${join(runtimeFolder(), 'handglass.sock')}:/`);
  },
  async virsh(uri, signal) {
    const { processes } = await import('../host/processes.ts');
    const { virshFor } = await import('../libvirt/virsh.ts');
    return virshFor({ ...processes, ...clock }, uri, signal);
  },
  windowsClientPath: fileURLToPath(
    new URL('../../native/build/handglass-guest.exe', import.meta.url),
  ),
  guestPairingPath: () => join(userConfigFolder(), 'handglass', 'guest.json'),
  async runDaemon(configPath, trialMs) {
    keepSmall();
    const { runDaemon } = await import('../daemon/main.ts');
    await runDaemon(configPath, trialMs);
  },
  catchInterrupt() {
    const interrupted = new AbortController();
    // It stays: execa's own listener, left alone, would end the process at once.
    process.on('SIGINT', () => {
      if (!interrupted.signal.aborted) return interrupted.abort();
      process.removeAllListeners('SIGINT');
      process.kill(process.pid, 'SIGINT');
    });
    return interrupted.signal;
  },
  readInput: () => text(process.stdin),
  columns: process.stdout.columns || undefined,
  print: (...lines) => writeLines(process.stdout, lines),
  warn: (...lines) => writeLines(process.stderr, lines),
};

process.stdout.on('error', (error) => {
  // A reader that has seen enough, such as head, is no failure.
  if (isErrno(error, 'EPIPE')) process.exit();
  const what = `The output cannot be written: ${reasonOf(error)}.`;
  writeLines(process.stderr, problemLines(programName, what));
  process.exit(failedStatus);
});

let command: readonly string[] = [programName];

await run(appFor(process.stderr.columns || undefined), configLast(process.argv.slice(2)), {
  process: context.process,
  forCommand({ prefix }) {
    command = prefix;
    return context;
  },
});

if (process.exitCode === ExitCode.InvalidArgument || process.exitCode === ExitCode.UnknownCommand) {
  process.exitCode = usageStatus;
  writeLines(process.stderr, [lineBelow(programName, `See \`${command.join(' ')} --help\`.`)]);
}

/**
 * A service that mostly waits has no use for V8's optimising compilers, which take more memory than
 * all that it keeps.
 */
function keepSmall(): void {
  for (const compiler of ['opt', 'maglev']) setFlagsFromString(`--no-${compiler}`);
}

/** `--config FILE` may stand before the command as well as behind it. */
function configLast(words: string[]): string[] {
  if (words[0] === '--config') return [...words.slice(2), ...words.slice(0, 2)];
  if (words[0]?.startsWith('--config=')) return [...words.slice(1), ...words.slice(0, 1)];
  return words;
}

function writeLines(stream: NodeJS.WriteStream, lines: string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(''));
}
