/** `npm run lab`: see arguments.ts for what it takes. */
import { once } from 'node:events';
import { type BootRequest, help, parseRequest } from './arguments.ts';
import { attachToLab } from './attach.ts';
import { type Command, commandOf } from './command.ts';
import { LabFailure, WrongUsage } from './failure.ts';
import { bootLab } from './lab.ts';
import { progressOn } from './progress.ts';
import { openSessions } from './sessions.ts';
import { aborted, Stopped, stopSignal } from './stop-signal.ts';

const stop = stopSignal();
const progress = progressOn(process.stderr);
process.exit(await main(process.argv.slice(2)).catch(statusOf));

async function main(words: string[]): Promise<number> {
  const request = parseRequest(words);
  if (request.action === 'help') {
    process.stdout.write(help);
    return 0;
  }
  const command = await commandOf(request.program, process);
  return request.action === 'boot' ? bootAndRun(request, command) : attachAndRun(command);
}

async function bootAndRun({ boot, accel }: BootRequest, command: Command): Promise<number> {
  const lab = await bootLab({ boot, accel, processors: 2, tell: progress.tell, signal: stop });
  progress.end();
  try {
    return await Promise.race([
      command.runInEveryBoot(lab.sessions, progress),
      lab.lost,
      aborted(stop),
    ]);
  } finally {
    await lab.end();
  }
}

async function attachAndRun(command: Command): Promise<number> {
  const socket = await attachToLab();
  const status = await Promise.race([
    command.run(openSessions(socket, { agentIsUp: true })),
    once(socket, 'close').then(() => 'ended' as const),
    aborted(stop),
  ]);
  if (status === 'ended') throw new LabFailure('The virtual host has ended.');
  if (status === 'rebooted') throw new LabFailure('The virtual host was reset.');
  return status;
}

function statusOf(error: unknown): number {
  progress.end();
  if (error instanceof Stopped) return error.status;
  if (!(error instanceof LabFailure || error instanceof WrongUsage)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error instanceof WrongUsage ? 2 : 1;
}
