/** `npm run bench:doctor`: how long a look at a large host takes, from the start to the end of the command. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { LabFailure } from '../lab/failure.ts';
import { type Report, runBench } from './command.ts';
import { buildTower } from './doctor-machine.ts';
import { rowLines, rowOf } from './panel-rows.ts';
import { parseWords } from './words.ts';

const help = `\
Measures how long \`handglass doctor\` takes for a host with 200 PCI and 100 USB devices, from files, on
which no program is installed that it could wait for; and for comparison how long Node takes to start,
look at the same files once, and end.

  npm run bench:doctor -- [--json]

  --json  an array of rows in place of the table
`;

const rounds = 40;

const legend = [
  'median, p95, worst  milliseconds from the start to the end of the command',
  'ratio               of the median to that of a program that looks at the same files once',
];

await runBench(async (words, tell, signal): Promise<Report> => {
  const { json, help: isHelp } = parseWords(words, {}, help);
  if (isHelp) return { lines: [help.trimEnd()] };
  const folder = await mkdtemp(join(tmpdir(), 'handglass-bench-'));
  try {
    tell('building the machine');
    const root = join(folder, 'machine');
    const looked = await buildTower(root);
    const list = join(folder, 'looked.json');
    await writeFile(list, JSON.stringify(looked));
    await bundle(join(folder, 'build'));
    const programs = {
      floor: [join(folder, 'build/doctor-floor.js'), list],
      doctor: [join(folder, 'build/doctor-program.js'), root, 'doctor'],
    };
    tell(`${rounds} looks`);
    const floorMs: number[] = [];
    const doctorMs: number[] = [];
    // One after the other, so that what the machine does beside falls on both.
    for (let round = 0; round < rounds; round += 1) {
      signal.throwIfAborted();
      floorMs.push(timed(programs.floor));
      doctorMs.push(timed(programs.doctor));
    }
    const rows = [
      rowOf('the same files', floorMs, floorMs),
      rowOf('handglass doctor', doctorMs, floorMs),
    ];
    return { lines: json ? [JSON.stringify(rows, null, 2)] : rowLines(rows, legend) };
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** As src/build.sh does. */
async function bundle(folder: string): Promise<void> {
  const entries = ['test/bench/doctor-program.ts', 'test/bench/doctor-floor.ts'];
  const how = ['--platform', 'node', '--dir', folder];
  await execa('node_modules/.bin/rolldown', [...entries, ...how]);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
}

function timed(program: readonly string[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
  // The doctor ends with 1 where it finds a problem.
  if (status !== 0 && (status !== 1 || stderr !== '')) throw new LabFailure(`It failed: ${stderr}`);
  return performance.now() - began;
}
