/** Users, and the groups that let them do things. */
import type { Run } from '../host/ports.ts';
import { printable } from '../printable.ts';
import { expected } from './unread.ts';

export interface Membership {
  user: string;
  uid: number;
  /** Names of groups, the first one included. */
  groups: string[];
}

/**
 * Of the user who asks, as things are: a group that came after the login is not among them. Of a user
 * by name, what the machine's databases say; null where they know none.
 */
export async function membershipOf(host: Run, user?: string): Promise<Membership | null> {
  const args = user === undefined ? [] : ['--', user];
  const { stdout, stderr, exitCode } = await host.run('id', args, { timeoutMs: 10_000 });
  if (exitCode !== 0 && /no such user/i.test(stderr)) return null;
  return membershipFrom(stdout);
}

/** `uid=1000(alice) gid=1000(alice) groups=1000(alice),27(sudo)`; a number without a name stays one. */
function membershipFrom(text: string): Membership {
  const [, uid, user] = /^uid=(\d+)(?:\(([^)]*)\))?/.exec(text) ?? [];
  const groups = expected(text, / groups=(.*?)(?: context=.*)?$/m);
  if (uid === undefined) throw new Error('id says nothing of the user');
  return {
    user: printable(user ?? uid),
    uid: Number(uid),
    groups: [...groups.matchAll(/(\d+)(?:\(([^)]*)\))?/g)].map(([, gid = '', name]) =>
      printable(name ?? gid),
    ),
  };
}
