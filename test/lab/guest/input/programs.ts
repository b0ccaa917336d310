/** The programs that stand for devices and for those who read them; see source.c and listener.c. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const checkout = join(import.meta.dirname, '../../../..');
const folder = 'test/lab/guest/input';
/** Where the virtual host has the checkout. */
export const product = '/usr/lib/handglass';
/** Node, there, for a program of ours. */
export const nodeCommand = [`${product}/node_modules/.bin/node`, '--no-wasm-tier-up'] as const;

/** Builds both, unless they are there, and gives their paths in the virtual host. */
export function buildInputPrograms(): { source: string; listener: string } {
  const common = ['commands.c', 'event-text.c'];
  return {
    source: built('source', [...common, 'uinput.c']),
    listener: built('listener', common),
  };
}

/**
 * Builds a program out of C sources, named from the repository's root, unless it is newer than
 * they are. Gives its path from there.
 */
export function buildProgram(name: string, sources: readonly string[]): string {
  execFileSync('sh', [`${folder}/build.sh`, name, ...sources], { cwd: checkout });
  return `native/build/${name}`;
}

function built(name: string, parts: readonly string[]): string {
  const sources = [`${name}.c`, ...parts].map((source) => `${folder}/${source}`);
  return `${product}/${buildProgram(name, sources)}`;
}
