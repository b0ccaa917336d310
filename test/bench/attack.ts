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
Each attack is made several times. It fails where the median is more than twice that alone; or where the
first after an attack takes 20 ms longer at the median than alone: what the service has read of a flood
by then is seen to before it. The seat is in memory alone, so that this is the service's own part.

  npm run bench:attack -- [--json]

  --json  an array of rows in place of the table
`;

const rounds = 5;
const handoffsEach = 10;
const mostRatio = 2;
const mostDelayMs = 20;
/** As long as an attack takes. */
const calmMs = 2_000;

await runBench(async (words, tell, signal) => {
  const { json, help: isHelp } = parseWords(words, {}, help);
  if (isHelp) return { lines: [help.trimEnd()] };
  const service = await startBenchService();
  try {
    await measureAfter(calm);
    const floor = await measureAfter(calm);
    const undisturbed = rowOf('undisturbed', floor, floor);
    const attacked: Row[] = [];
    for (const { name } of attacks) {
      tell(name);
      const tookMs = await measureAfter(() => attackWith(name, service, signal));
      attacked.push(rowOf(name, tookMs, floor));
    }
    const rows = [undisturbed, ...attacked];
    return {
      lines: json ? [JSON.stringify(rows, null, 2)] : linesOf(rows),
      failures: attacked.flatMap((row) => failuresOf(row, undisturbed)),
    };
  } finally {
    await service.stop();
  }

  async function calm(): Promise<() => Promise<void>> {
    await setTimeout(calmMs, undefined, { signal });
    return async () => {};
  }

  /** The times of each round in a list of its own. */
  async function measureAfter(before: () => Promise<() => Promise<unknown>>): Promise<number[][]> {
    const measured: number[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      const end = await before();
      const tookMs: number[] = [];
      for (let handoff = 0; handoff < handoffsEach; handoff += 1) {
        tookMs.push(await callTwice(service));
        await setTimeout(1, undefined, { signal });
      }
      measured.push(tookMs);
      await end();
    }
    return measured;
  }
});

interface Row {
  name: string;
  /** The median of the first of each round, right after the attack. */
  firstMs: number;
  medianMs: number;
  p95Ms: number;
  /** Of the medians. */
  ratio: number;
}

function rowOf(name: string, measured: readonly number[][], floor: readonly number[][]): Row {
  const tookMs = measured.flat();
  return {
    name,
    firstMs: median(measured.flatMap(([first]) => first ?? [])),
    medianMs: median(tookMs),
    p95Ms: percentile(tookMs, 0.95),
    ratio: median(tookMs) / median(floor.flat()),
  };
}

function failuresOf({ name, firstMs, ratio }: Row, undisturbed: Row): string[] {
  const delayMs = firstMs - undisturbed.firstMs;
  return [
    ...[ratio]
      .filter((times) => times > mostRatio)
      .map((times) => `A handoff takes ${times.toFixed(2)} times as long after this: ${name}.`),
    ...[delayMs]
      .filter((ms) => ms > mostDelayMs)
      .map((ms) => `The first handoff takes ${ms.toFixed(1)} ms longer after this: ${name}.`),
  ];
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
