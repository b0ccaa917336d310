/** `npm run bench:attack`: how long a guest's handoff takes before an attack on the service, and after it. */
import { setTimeout } from 'node:timers/promises';
import { attacks, attackWith } from './attack-thread.ts';
import { callTwice } from './attack-guest.ts';
import { columns } from './columns.ts';
import { runBench } from './command.ts';
import { median, percentile } from './handoff-rows.ts';
import { startBenchService } from './service.ts';
import { parseWords } from './words.ts';

const help = `\
Measures how long a guest takes to connect by TLS, to give its seat and to take it back, alone and
right after each of several attacks on the service; what an attack has opened stays open meanwhile.
It fails where that takes more than twice as long after one of them as alone, or the first time more
than twice the p95 alone. The seat is in memory alone, so that this is the service's own part.

  npm run bench:attack -- [--json]

  --json  an array of rows in place of the table
`;

const handoffs = 30;
const mostRatio = 2;

await runBench(async (words, tell, signal) => {
  const { json, help: isHelp } = parseWords(words, {}, help);
  if (isHelp) return { lines: [help.trimEnd()] };
  const service = await startBenchService();
  try {
    await measure();
    const floor = await measure();
    const undisturbed = rowOf('undisturbed', floor, floor);
    const attacked: Row[] = [];
    for (const { name } of attacks) {
      tell(name);
      const end = await attackWith(name, service, signal);
      attacked.push(rowOf(name, await measure(), floor));
      await end();
    }
    const rows = [undisturbed, ...attacked];
    return {
      lines: json ? [JSON.stringify(rows, null, 2)] : linesOf(rows),
      failures: attacked.flatMap((row) => failuresOf(row, undisturbed)),
    };
  } finally {
    await service.stop();
  }

  async function measure(): Promise<number[]> {
    const tookMs: number[] = [];
    for (let handoff = 0; handoff < handoffs; handoff += 1) {
      tookMs.push(await callTwice(service));
      await setTimeout(1, undefined, { signal });
    }
    return tookMs;
  }
});

interface Row {
  name: string;
  /** Of the first, right after the attack. */
  firstMs: number;
  medianMs: number;
  p95Ms: number;
  /** Of the medians. */
  ratio: number;
}

function rowOf(name: string, tookMs: readonly number[], floorMs: readonly number[]): Row {
  const [firstMs = Number.NaN] = tookMs;
  return {
    name,
    firstMs,
    medianMs: median(tookMs),
    p95Ms: percentile(tookMs, 0.95),
    ratio: median(tookMs) / median(floorMs),
  };
}

function failuresOf({ name, firstMs, ratio }: Row, undisturbed: Row): string[] {
  const judged = [
    { what: 'A handoff', times: ratio, of: 'median' },
    { what: 'The first handoff', times: firstMs / undisturbed.p95Ms, of: 'p95' },
  ];
  return judged
    .filter(({ times }) => times > mostRatio)
    .map(
      ({ what, times, of }) =>
        `${what} takes ${times.toFixed(2)} times the undisturbed ${of} after this attack: ${name}.`,
    );
}

function linesOf(rows: readonly Row[]): string[] {
  const cells = rows.map(({ name, firstMs, medianMs, p95Ms, ratio }) => [
    name,
    ...[firstMs, medianMs, p95Ms].map((ms) => ms.toFixed(1)),
    ratio.toFixed(2),
  ]);
  return [
    ...columns(['', 'first', 'median', 'p95', 'ratio'], cells),
    '',
    'first, median, p95  milliseconds of a connection, a give and a take',
    'ratio               of the median to the undisturbed one',
  ];
}
