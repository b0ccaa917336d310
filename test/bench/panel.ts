/** `npm run bench:panel`: how long a change that is made elsewhere takes to the panel's next frame. */
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { LabFailure } from '../lab/failure.ts';
import { type Report, runBench } from './command.ts';
import { bareClient, openWatched, type WatchedPage } from './panel-page.ts';
import { type Row, rowLines, rowOf } from './panel-rows.ts';
import { type BenchService, startBenchService } from './service.ts';
import { parseWords } from './words.ts';

const help = `\
Measures how long a change that is made elsewhere takes to the panel's next frame, and to that of a
page that has nothing but a bare websocket client, in the same browser one after the other. It fails
where the panel's p95 is more than 200 ms.

  npm run bench:panel -- [--json]

  --json  an array of rows in place of the table
`;

const changes = 100;
const mostP95Ms = 200;
const executablePath = '/usr/bin/chromium';

const legend = [
  "median, p95, worst  milliseconds from the change to the panel's next frame",
  'ratio               of the median to that of the bare websocket client',
];

await runBench(async (words, tell, signal): Promise<Report> => {
  const { json, help: isHelp } = parseWords(words, {}, help);
  if (isHelp) return { lines: [help.trimEnd()] };
  if (!existsSync(executablePath)) throw new LabFailure('There is no Chromium: install chromium.');
  const service = await startBenchService();
  const browser = await chromium.launch({
    executablePath,
    args: ['--disable-gpu', '--no-sandbox'],
  });
  try {
    const floorMs = await measure('bare websocket client', bareClient);
    const floor = rowOf('bare websocket client', floorMs, floorMs);
    const panel = rowOf('panel', await measure('panel'), floorMs);
    const rows = [floor, panel];
    return {
      lines: json ? [JSON.stringify(rows, null, 2)] : rowLines(rows, legend),
      failures: panel.p95Ms > mostP95Ms ? [tooLate(panel)] : [],
    };
  } finally {
    await browser.close();
    await service.stop();
  }

  async function measure(name: string, script?: string): Promise<number[]> {
    tell(`${changes} changes, ${name}`);
    const { url } = await service.local.call('panel.open', {});
    const page = await openWatched(browser, url, script);
    const tookMs = await timesOf(service, page, signal);
    await page.close();
    return tookMs;
  }
});

function tooLate({ p95Ms }: Row): string {
  return `The panel shows a change only after ${p95Ms.toFixed(1)} ms at p95, more than ${mostP95Ms} ms.`;
}

async function timesOf(
  { change }: BenchService,
  page: WatchedPage,
  signal: AbortSignal,
): Promise<number[]> {
  const tookMs: number[] = [];
  for (let number = 0; number < changes; number += 1) {
    // At any moment between two frames.
    await setTimeout(100 + Math.random() * 50, undefined, { signal });
    const frame = page.nextFrame();
    const began = performance.now();
    change(number % 2 === 0 ? 'win10' : 'host');
    tookMs.push((await frame) - began);
  }
  return tookMs;
}
