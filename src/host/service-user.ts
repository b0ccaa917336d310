import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { isErrno } from '../errors.ts';

const serviceUser = 'handglass';

/** Node has it, its types do not (https://nodejs.org/api/process.html#processinitgroupsuser-extragroup). */
const { initgroups } = process as { initgroups?: (user: string, extraGroup: string) => void };

/**
 * Makes the folder of a service that root has started by hand, and goes on as the user that systemd
 * runs it as, in that user's groups: what it writes now, it has to read there later. Where there is
 * no such user, nothing is installed that this could be in the way of, and it stays root.
 */
export function becomeServiceUser(folder: string): void {
  const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
  try {
    initgroups?.(serviceUser, serviceUser);
  } catch (error) {
    if (isErrno(error, 'ERR_UNKNOWN_CREDENTIAL')) return;
    throw error;
  }
  process.setgid?.(serviceUser);
  if (isNew) {
    chownSync(folder, 0, process.getgid?.() ?? 0);
    chmodSync(folder, 0o770);
  }
  process.setuid?.(serviceUser);
}
