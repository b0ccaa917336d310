/** `npm run bench:input`: see arguments.ts for what it takes. */
import { help, parseRequest, type Request } from './arguments.ts';
import { type Report, runBench } from './command.ts';
import { buildBenchPrograms } from './programs.ts';
import { measureReal } from './real.ts';
import { rowLines } from './render.ts';
import type { Outcome } from './rows.ts';
import { measureVirtual } from './virtual.ts';

const guestUnit = 'microseconds of guest time, which is a thousand instructions each';
const realUnit = 'microseconds, every processor being busy with something else';

await runBench(async (words, tell, signal): Promise<Report> => {
  const request = parseRequest(words);
  if (request === 'help') return { lines: [help.trimEnd()] };
  const { rows, failures } = await measure(request, tell, signal);
  const unit = request.realCpu ? realUnit : guestUnit;
  return { lines: request.json ? [JSON.stringify(rows, null, 2)] : rowLines(rows, unit), failures };
});

function measure(
  { realCpu, forwarders }: Request,
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const { measure, loaded } = buildBenchPrograms();
  return realCpu
    ? measureReal(forwarders, loaded, tell, signal)
    : measureVirtual({ forwarders, measure, tell, signal });
}
