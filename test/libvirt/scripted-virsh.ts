import { HandglassError } from '../../src/errors.ts';
import { DomainRefusal } from '../../src/domain/refusal.ts';
import type { Virsh } from '../../src/libvirt/virsh.ts';

export const refused = (reason: string) => new DomainRefusal(reason);

export const unavailable = new HandglassError('libvirt-unavailable', 'libvirt is away.');

/** A virsh of one function, which commands that are asked together reach one after the other. */
export function virshOver(run: (...command: string[]) => Promise<string>): Virsh {
  const inTurn: Virsh['inTurn'] = async (commands) => {
    const answers: (string | DomainRefusal)[] = [];
    for (const command of commands) {
      answers.push(
        await run(...command).catch((error: unknown) => {
          if (error instanceof DomainRefusal) return error;
          throw error;
        }),
      );
    }
    return answers;
  };
  return Object.assign(run, { inTurn });
}

/**
 * A virsh that answers each command (its first word) in the order of the script; the last answer of
 * a command stays.
 */
export function scriptedVirsh(script: Record<string, (string | Error)[]>): {
  virsh: Virsh;
  commands: string[][];
} {
  const commands: string[][] = [];
  const left = new Map(Object.entries(script).map(([name, answers]) => [name, [...answers]]));
  const virsh = virshOver(async (...command) => {
    commands.push(command);
    const answers = left.get(command[0] ?? '') ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined) throw new Error(`no answer for ${command.join(' ')}`);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { virsh, commands };
}
