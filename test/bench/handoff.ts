/** `npm run bench:handoff`: see handoff-arguments.ts for what it takes. */
import { runBench } from './command.ts';
import { help, parseRequest } from './handoff-arguments.ts';
import { failuresOf } from './handoff-limits.ts';
import { besideLines, rowLines } from './handoff-render.ts';
import { rowsOf } from './handoff-rows.ts';
import { measureHandoffs } from './handoff-virtual.ts';

await runBench(async (words, tell, signal) => {
  const request = parseRequest(words);
  if (request === 'help') return { lines: [help.trimEnd()] };
  const measured = await measureHandoffs(request.rounds, tell, signal);
  const rows = rowsOf(measured.samples);
  const beside = besideLines(measured);
  const failures = failuresOf(measured, rows);
  if (request.json) return { lines: [JSON.stringify(rows, null, 2)], notes: beside, failures };
  return { lines: [...rowLines(rows), '', ...beside], failures };
});
