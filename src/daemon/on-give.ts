import type { Config } from '../config/schema.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { Run } from '../host/ports.ts';
import type { SeatsView } from '../seat/seats.ts';
import type { Problems } from './problems.ts';

/**
 * Gives a function that looks at the seats after each change and runs the programs that the
 * configuration has for a seat's new owner. Nothing waits for them. A seat's programs run one after
 * the other; of owners that followed each other meanwhile only the last counts.
 */
export function runOnGive(
  host: Run,
  { onGive }: Pick<Config, 'onGive'>,
  problems: Problems,
): (view: SeatsView) => void {
  const owners = new Map<string, string>();
  const running = new Map<string, Promise<void>>();

  async function runAll(seat: string, owner: string): Promise<void> {
    await running.get(seat);
    if (owners.get(seat) !== owner) return;
    const failures: HandglassError[] = [];
    for (const each of onGive.filter((entry) => entry.seat === seat && entry.to === owner)) {
      const failure = await runOne(host, each);
      if (failure !== null) failures.push(failure);
    }
    problems.set(`on-give ${seat}`, failures);
  }

  return ({ seats }) => {
    for (const { name, owner } of seats) {
      const before = owners.get(name);
      owners.set(name, owner);
      // Who has it at the start was not given it now.
      if (before === undefined || before === owner) continue;
      running.set(name, runAll(name, owner));
    }
  };
}

async function runOne(
  host: Run,
  { seat, to, run, timeoutMs }: Config['onGive'][number],
): Promise<HandglassError | null> {
  const [program = '', ...args] = run;
  const story = await host.run(program, args, { timeoutMs }).then(
    ({ exitCode, timedOut, stderr }) => {
      if (timedOut) return `it took longer than ${timeoutMs / 1000} s`;
      if (exitCode === 0) return null;
      const said = stderr.trim().split('\n').at(-1) ?? '';
      return said === '' ? `it ended with ${exitCode ?? 'a signal'}` : said.replace(/\.$/, '');
    },
    (error: unknown) => reasonOf(error),
  );
  if (story === null) return null;
  return new HandglassError(
    'handoff-failed',
    `\`${run.join(' ')}\` failed when "${seat}" went to "${to}": ${story}.`,
    'Try it as the service does: `sudo -u handglass` before the command. The seat has moved all the same.',
  );
}
