/** The benchmark in the virtual host, where time is counted in instructions. */
import { product } from '../lab/guest/input/programs.ts';
import { bootLab, type Lab, type Result } from '../lab/lab.ts';
import { output } from '../lab/shell.ts';
import { aborted } from '../lab/stop-signal.ts';
import { type Case, casesOf, caseText, type Forwarder, type Outcome, rowOf } from './rows.ts';

export interface Bench {
  forwarders: readonly (Forwarder & { isPeer: boolean })[];
  /** The program, from the checkout. */
  measure: string;
  tell: (step: string) => void;
  signal: AbortSignal;
}

/** On this machine's clock: inside, an idle wait takes no time and a limit would come at once. */
const patienceMs = 300_000;
const folder = '/tmp/bench';

/**
 * What libvirt does now and then would be counted as somebody's latency, and so would a page of Node
 * that has to come from outside in the middle of it.
 */
const preparation = `
  pkill -x libvirtd; pkill -x virtlogd; pkill -x dnsmasq
  mkdir ${folder} && cp -L ${product}/node_modules/.bin/node ${folder}/node && sync`;

/** Measures all in one boot. */
export async function measureVirtual({
  forwarders,
  measure,
  tell,
  signal,
}: Bench): Promise<Outcome> {
  const lab = await bootLab({ boot: 'bare', icount: true, tell, signal });
  try {
    await output(lab, preparation);
    const all = forwarders.flatMap((forwarder) =>
      casesOf(forwarder, forwarder.isPeer).map((one) => ({ forwarder, one })),
    );
    return await Promise.race([measureAll(all, lab, measure, tell), aborted(signal)]);
  } finally {
    await lab.end();
  }
}

async function measureAll(
  all: readonly { forwarder: Forwarder; one: Case }[],
  lab: Lab,
  measure: string,
  tell: (step: string) => void,
): Promise<Outcome> {
  const outcome: Outcome = { rows: [], failures: [] };
  for (const { forwarder, one } of all) {
    const text = caseText(forwarder, one);
    tell(text);
    const { stdout, stderr, status } = await run(lab, measure, forwarder, one);
    if (status === 0) outcome.rows.push(rowOf(forwarder.name, one, stdout));
    else outcome.failures.push(`${text}: ${stderr.trim() || `it ended with ${status}`}`);
  }
  return outcome;
}

async function run(
  lab: Lab,
  measure: string,
  { command, env = {} }: Forwarder,
  { hz, reports, devices, blocked }: Case,
): Promise<Result> {
  const variables = Object.entries({ ...env, ...(blocked ? { HANDGLASS_BENCH_BLOCK: '1' } : {}) });
  const limit = setTimeout(() => void lab.run(['pkill', '-KILL', '-x', 'measure']), patienceMs);
  try {
    return await lab.run([
      'env',
      `--chdir=${product}`,
      `PATH=${folder}:/usr/bin:/bin`,
      ...variables.map(([name, value]) => `${name}=${value}`),
      measure,
      `${hz}`,
      `${reports}`,
      `${devices}`,
      ...(command === undefined ? [] : [command]),
    ]);
  } finally {
    clearTimeout(limit);
  }
}
