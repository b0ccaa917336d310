import type { Run } from '../host/ports.ts';

/** Memory that a file occupies, in bytes: less than its size where it has holes, 0 where it is not. */
export async function allocatedBytes(host: Run, path: string): Promise<number> {
  const { stdout } = await host.run('stat', ['--format=%b', '--', path]);
  return Number(stdout) * 512;
}
