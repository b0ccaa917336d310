import type { Run, RunResult } from '../../src/host/ports.ts';

export const answered = (stdout: string): RunResult => ({
  stdout,
  stderr: '',
  exitCode: 0,
  timedOut: false,
});

/** What virsh leaves when libvirt refuses: one line on what it could not do, one on why. */
export const refused = (...lines: string[]): RunResult => ({
  stdout: '',
  stderr: lines.map((line) => `error: ${line}\n`).join(''),
  exitCode: 1,
  timedOut: false,
});

/**
 * A virsh that answers each command (its first own word) in the order of the script; the last
 * answer of a command stays. Commands are kept without what comes before them.
 */
export function scriptedVirsh(script: Record<string, (RunResult | Error)[]>): {
  host: Run;
  commands: string[][];
} {
  const commands: string[][] = [];
  const left = new Map(Object.entries(script).map(([name, answers]) => [name, [...answers]]));
  const host: Run = {
    async run(_, args) {
      const command = args.slice(args.indexOf('--connect') + 2);
      commands.push(command);
      const answers = left.get(command[0] ?? '') ?? [];
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === undefined) throw new Error(`no answer for ${command.join(' ')}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return { host, commands };
}
