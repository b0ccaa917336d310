import { buildCommand, buildRouteMap } from '@stricli/core';
import type { LookingGlass } from '../../config/schema.ts';
import { HandglassError } from '../../errors.ts';
import type { SharedMemoryFile } from '../../shm/file.ts';
import type { Context } from '../context.ts';
import { argument, configFlag, jsonFlag } from '../flags.ts';

const size = buildCommand({
  async func(
    this: Context,
    flags: { hdr?: boolean; for: 'b7' | 'idd' | 'any'; json?: boolean },
    text: string,
  ) {
    const { bytesPerMib, resolutionFrom, sharedMemoryMib } = await import('../../shm/size.ts');
    const use = { ...resolutionFrom(text), hdr: flags.hdr ?? false, for: flags.for };
    const mib = sharedMemoryMib(use);
    const { width, height, hdr } = use;
    const result = { width, height, hdr, for: use.for, mib, bytes: mib * bytesPerMib };
    this.print(flags.json ? JSON.stringify(result) : `${mib} MiB`);
  },
  parameters: {
    flags: {
      hdr: { kind: 'boolean', brief: 'The guest shows HDR', optional: true, withNegated: false },
      for: {
        kind: 'enum',
        values: ['b7', 'idd', 'any'],
        brief: 'B7, the development version, or both',
        default: 'any',
      },
      json: jsonFlag,
    },
    positional: {
      kind: 'tuple',
      parameters: [argument('WIDTHxHEIGHT', 'Highest resolution of the guest, such as 2560x1440')],
    },
  },
  docs: { brief: 'Tell how large the file has to be' },
});

const create = buildCommand({
  async func(this: Context, { config: path, json }: { config: string; json?: boolean }) {
    const { createSharedMemory } = await import('../../shm/file.ts');
    const results = [];
    const failures: HandglassError[] = [];
    for (const file of await configuredFiles(this, path)) {
      // The kvmfr module makes its own.
      if (file.path.startsWith('/dev/kvmfr')) continue;
      try {
        const { outcome, changes } = await createSharedMemory(this.host, file);
        results.push({ path: file.path, outcome, changes });
        if (!json) this.print([`${file.path}: ${outcome}`, ...changes].join(', '));
      } catch (error) {
        // One domain's mistake must not leave another without its memory at boot.
        if (!(error instanceof HandglassError)) throw error;
        failures.push(error);
        const { code, what: message, remedy } = error;
        results.push({ path: file.path, outcome: 'failed', code, message, remedy });
      }
    }
    if (json) this.print(JSON.stringify(results));
    throwAll(failures);
  },
  parameters: { flags: { config: configFlag, json: jsonFlag } },
  docs: { brief: 'Make or repair every configured file (as root; done at boot)' },
});

/** Throws a single failure as it is, and several as one with the first one's code. */
function throwAll(failures: HandglassError[]): void {
  const [first, ...more] = failures;
  if (first === undefined) return;
  if (more.length === 0) throw first;
  const lines = failures.flatMap(({ what, remedy }) => (remedy === '' ? [what] : [what, remedy]));
  throw new HandglassError(first.code, lines.join('\n'), '', { cause: failures });
}

const status = buildCommand({
  async func(this: Context, { config: path, json }: { config: string; json?: boolean }) {
    const { sharedMemoryStatus } = await import('../../shm/status.ts');
    const files = await configuredFiles(this, path);
    const found = await Promise.all(
      files.map(async ({ domain, ...file }) => ({
        domain,
        ...(await sharedMemoryStatus(this.host, file)),
      })),
    );
    const { sharedMemoryLines } = await import('../render/shared-memory.ts');
    this.print(...(json ? [JSON.stringify(found)] : sharedMemoryLines(found)));
  },
  parameters: { flags: { config: configFlag, json: jsonFlag } },
  docs: { brief: 'Show each file, and whether its Looking Glass host is alive' },
});

async function configuredFiles(
  { host }: Context,
  path: string,
): Promise<(SharedMemoryFile & { domain: string })[]> {
  const { loadConfig } = await import('../../config/load.ts');
  const { bytesPerMib, sharedMemoryMib } = await import('../../shm/size.ts');
  const bytesOf = (entry: LookingGlass) => sharedMemoryMib(entry) * bytesPerMib;
  const { lookingGlass } = await loadConfig(host, path);
  return lookingGlass.map((entry) => {
    const { domain, path: file, owner, group, mode } = entry;
    return { domain, path: file, bytes: bytesOf(entry), owner, group, mode };
  });
}

export const shm = buildRouteMap({
  routes: { size, create, status },
  docs: { brief: 'Make and inspect the shared memory of Looking Glass' },
});
