/** `npm run bench:input`: see arguments.ts for what it takes. */
import { LabFailure, WrongUsage } from '../lab/failure.ts';
import { progressOn } from '../lab/progress.ts';
import { Stopped, stopSignal } from '../lab/stop-signal.ts';
import { help, parseRequest, type Request } from './arguments.ts';
import { buildBenchPrograms } from './programs.ts';
import { measureReal } from './real.ts';
import { rowLines } from './render.ts';
import type { Outcome } from './rows.ts';
import { measureVirtual } from './virtual.ts';

const guestUnit = 'microseconds of guest time, which is a thousand instructions each';
const realUnit = 'microseconds, every processor being busy with something else';

const stop = stopSignal();
const progress = progressOn(process.stderr);
process.exit(await main(process.argv.slice(2)).catch(statusOf));

async function main(words: string[]): Promise<number> {
  const request = parseRequest(words);
  if (request === 'help') {
    process.stdout.write(help);
    return 0;
  }
  const { rows, failures } = await measure(request);
  progress.end();
  const lines = request.json
    ? [JSON.stringify(rows, null, 2)]
    : rowLines(rows, request.realCpu ? realUnit : guestUnit);
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  return failures.length === 0 ? 0 : 1;
}

function measure({ realCpu, forwarders }: Request): Promise<Outcome> {
  const { measure, loaded } = buildBenchPrograms();
  return realCpu
    ? measureReal(forwarders, loaded, progress.tell, stop)
    : measureVirtual({ forwarders, measure, tell: progress.tell, signal: stop });
}

function statusOf(error: unknown): number {
  progress.end();
  if (error instanceof Stopped) return error.status;
  if (!(error instanceof LabFailure || error instanceof WrongUsage)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error instanceof WrongUsage ? 2 : 1;
}
