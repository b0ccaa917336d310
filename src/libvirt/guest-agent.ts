/** The QEMU guest agent, a program in the guest that does what it is asked as root or SYSTEM. */
import { z } from 'zod';
import { DomainRefusal } from '../domain/refusal.ts';
import type { Virsh } from './virsh.ts';

/**
 * Gives the guest agent of a domain a command of its protocol (QEMU's qga/qapi-schema.json), and
 * what it returns if that is as the schema says: the guest may answer anything. Rejects as `virsh`
 * does where there is no agent, or it refuses.
 */
export type GuestAgent = <Answer>(
  schema: z.ZodType<Answer>,
  command: string,
  args?: Record<string, unknown>,
) => Promise<Answer>;

export function guestAgentOf(virsh: Virsh, domain: string): GuestAgent {
  return async (schema, command, args) => {
    const asked = JSON.stringify({ execute: command, arguments: args });
    const timeout = ['--timeout', String(answerWithinSeconds)];
    const text = await virsh('qemu-agent-command', '--domain', domain, ...timeout, asked);
    const answer = z.object({ return: schema }).safeParse(parsed(text)).data;
    if (answer === undefined) throw new DomainRefusal(`its answer to ${command} is unknown here`);
    return answer.return;
  };
}

/** Below the limit of virsh's commands. */
const answerWithinSeconds = 10;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
