/** `handglass` on the machine below a folder, the first word; no program is installed there. */
import { run } from '@stricli/core';
import { appFor } from '../../src/cli/app.ts';
import type { Context } from '../../src/cli/context.ts';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';

const [root = '', ...words] = process.argv.slice(2);
const absent = () => Promise.reject(new Error('there is none on this machine'));

const context: Context = {
  process: process as Context['process'],
  host: {
    ...filesUnder(root, () => {}),
    ...clock,
    async run(program, ...rest) {
      const { run: runProgram } = await import('../../src/host/run.ts');
      return runProgram(`/nonexistent/${program}`, ...rest);
    },
    follow: () => {
      throw new Error('nothing is followed here');
    },
  },
  connect: absent,
  virsh: absent,
  windowsClientPath: '',
  guestPairingPath: () => '',
  runDaemon: absent,
  catchInterrupt: () => new AbortController().signal,
  readInput: absent,
  print: (...lines) => void process.stdout.write(lines.map((line) => `${line}\n`).join('')),
  warn: (...lines) => void process.stderr.write(lines.map((line) => `${line}\n`).join('')),
};

await run(appFor(), words, { process: context.process, forCommand: () => context });
