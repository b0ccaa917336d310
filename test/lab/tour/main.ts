/** `npm start`: the main job in the virtual host, or with --here the service on this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { reasonOf } from '../../../src/errors.ts';
import { LabFailure, WrongUsage } from '../failure.ts';
import { bootLab, type Lab } from '../lab.ts';
import { progressOn } from '../progress.ts';
import { until } from '../shell.ts';
import { aborted, Stopped, stopSignal } from '../stop-signal.ts';
import { carryPanel } from './carried-panel.ts';
import { lastLine } from './last-line.ts';
import { steps } from './steps.ts';

const help = `\
  npm start                 show the main job in the virtual host, and leave it running
  npm start -- --once       end after that; the exit status is 0 if every step was proven
  npm start -- --here       run the service on this machine (--config FILE: another configuration)
`;

const stay = (panel: string) => `
The virtual host stays up; Ctrl-C ends it. The panel, in a browser of this machine (the link is good
once): ${panel}

In a second terminal, in this folder:

  npm run lab -- --attach -- labctl key leftctrl+rightctrl    press the chord again
  npm run lab -- --attach -- handglass status                 see who has what
  npm run lab -- --attach                                     a shell in it; see also labctl help

What changes is shown here:
`;

process.exit(await main().catch(statusOf));

async function main(): Promise<number> {
  const { once: briefly, here, config, help: asked } = options();
  if (asked === true) {
    process.stdout.write(help);
    return 0;
  }
  return here === true ? runHere(config) : tour(briefly === true);
}

function options() {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean' },
        here: { type: 'boolean' },
        config: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new WrongUsage(`${reasonOf(error)}.\n${help}`);
  }
}

async function runHere(config: string | undefined): Promise<number> {
  const program = join(import.meta.dirname, '../../../src/build/handglass.js');
  const words = ['daemon', ...(config === undefined ? [] : ['--config', config])];
  const folder = mkdtempSync(join(tmpdir(), 'handglass-here-'));
  const env = { RUNTIME_DIRECTORY: folder, STATE_DIRECTORY: folder };
  // The folder is open to its owner alone.
  const asOwner = process.getuid?.() === 0 ? 'sudo env ' : '';
  process.stdout.write(
    `From a second terminal, in this folder: ${asOwner}RUNTIME_DIRECTORY=${folder} node_modules/.bin/node src/build/handglass.js status\n`,
  );
  const service = spawn(process.execPath, [program, ...words], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  // The terminal's Ctrl-C reaches the service as well, and it ends when it is ready to.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => service.kill());
  const [status] = (await once(service, 'exit')) as [number | null];
  rmSync(folder, { recursive: true, force: true });
  return status ?? 1;
}

async function tour(briefly: boolean): Promise<number> {
  const stop = stopSignal();
  const progress = progressOn(process.stderr);
  const lab = await bootLab({
    boot: 'systemd',
    processors: 2,
    tell: progress.tell,
    signal: stop,
  }).finally(progress.end);
  try {
    await Promise.race([showSteps(lab), lab.lost, aborted(stop)]);
    if (briefly) {
      process.stdout.write(`\n${lastLine(steps.length)}`);
      return 0;
    }
    const panel = await carryPanel(lab, stop).catch(reasonFrom);
    process.stdout.write(stay(panel));
    return await Promise.race([showChanges(lab), lab.lost, aborted(stop)]);
  } finally {
    await lab.end();
  }
}

/** That there is no panel keeps nobody from the rest. */
function reasonFrom(error: unknown): string {
  if (error instanceof LabFailure) return error.message;
  throw error;
}

async function showSteps(lab: Lab): Promise<void> {
  for (const [index, step] of steps.entries()) {
    process.stdout.write(`${index + 1}  ${styleText('bold', step.title)}\n`);
    const proof = await step.prove(lab).catch((error: unknown) => {
      throw new LabFailure(`Step ${index + 1} was not proven: ${reasonOf(error)}.`);
    });
    process.stdout.write(`   ${styleText('green', '✓')} ${proof}\n`);
  }
}

/** The service may end, or the machine be reset: then it is watched anew as soon as it is back. */
async function showChanges(lab: Lab): Promise<never> {
  for (;;) {
    await lab.sessions.ready();
    await until(lab, 'systemctl is-active --quiet handglass').catch(() => {});
    await watch(lab);
  }
}

async function watch(lab: Lab): Promise<void> {
  const session = lab.sessions.start(
    { command: ['handglass', 'watch'], env: {} },
    {
      stdout: (chunk) => process.stdout.write(chunk),
      stderr: (chunk) => process.stderr.write(chunk),
    },
  );
  await session.ended;
}

function statusOf(error: unknown): number {
  if (error instanceof Stopped) return error.status;
  if (!(error instanceof LabFailure || error instanceof WrongUsage)) throw error;
  process.stderr.write(`${error.message}\n`);
  return error instanceof WrongUsage ? 2 : 1;
}
