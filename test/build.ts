import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the addon and the bundle from the sources as they are, before the first test. */
export function setup(): void {
  for (const room of ['native', 'native/guest-windows', 'src']) {
    execFileSync('sh', [join(import.meta.dirname, '..', room, 'build.sh')]);
  }
}
