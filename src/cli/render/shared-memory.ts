import type { SharedMemoryStatus } from '../../shm/status.ts';

const hostWords = {
  alive: 'its Looking Glass host is alive',
  dead: 'its Looking Glass host has stopped',
  none: 'no Looking Glass host has used it',
};

/** A file's state, and below it what is wrong with it. */
export function sharedMemoryLines(status: SharedMemoryStatus & { domain: string }): string[] {
  const { domain, path, found, host, header, problems } = status;
  const facts =
    found === null
      ? []
      : [
          `${found.bytes / 1024 / 1024} MiB`,
          `${found.owner}:${found.group}`,
          found.mode,
          hostWords[host] + (header === null ? '' : ` (version ${header.hostVersion})`),
        ];
  return [[`${path} of ${domain}`, ...facts].join(', '), ...problems.map((each) => `  ${each}`)];
}
