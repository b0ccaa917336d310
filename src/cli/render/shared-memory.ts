import { styleText } from 'node:util';
import { hostText } from '../../shm/presence.ts';
import type { SharedMemoryStatus } from '../../shm/status.ts';
import { sizeText } from '../../shm/wording.ts';

type Status = SharedMemoryStatus & { domain: string };

/** The state of each file, and what is wrong with it. */
export function sharedMemoryLines(files: readonly Status[]): string[] {
  return files.length === 0 ? ['No shared memory is configured.'] : files.flatMap(fileLines);
}

function fileLines(status: Status): string[] {
  const { domain, path, found, host, header, problems } = status;
  const version = header?.hostVersion ? `, version ${header.hostVersion}` : '';
  const facts =
    found?.kind === 'file'
      ? [
          `${sizeText(found.bytes)}, ${found.owner}:${found.group}, mode ${found.mode}`,
          hostText(host) + version,
        ]
      : [];
  const wrong = problems.map((problem) => styleText('red', problem));
  return [`${path} of ${domain}`, ...[...facts, ...wrong].map((line) => `  ${line}`)];
}
