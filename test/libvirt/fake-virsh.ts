import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Converse } from '../../src/host/ports.ts';
import { processes } from '../../src/host/processes.ts';

/**
 * A shell that reads lines as virsh does, since it understands virsh's quotes and semicolons: it
 * prints its prompt and the line, and goes on after a failure. An `echo` ends without a newline.
 */
const reader = `
exec 3>&2 2>/dev/null
echo() {
  case $1 in
  --err) printf 'error: %s\\n' "$2" >&3 ;;
  *) printf %s "$*" ;;
  esac
}
fail() { for line; do printf 'error: %s\\n' "$line" >&3; done; }
pid() { printf %s $$; }
words() { printf '[%s]' "$@"; }
while IFS= read -r line; do
  printf 'virsh # %s\\n' "$line"
  eval "$line"
done
`;

export interface FakeVirsh {
  host: Converse;
  /** The arguments that each process of it was started with. */
  started: (readonly string[])[];
  /** Where it lies, and other files of a test may. */
  folder: string;
}

/** A real process in virsh's place, from a folder of its own. `more` are functions, or an end. */
export async function fakeVirsh(more = ''): Promise<FakeVirsh> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-virsh-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const program = join(folder, 'virsh');
  await writeFile(program, `#!/bin/sh\n${more}\n${reader}`, { mode: 0o755 });
  const started: (readonly string[])[] = [];
  const host: Converse = {
    converse(_, args, heard) {
      started.push(args);
      const running = processes.converse(program, args, heard);
      onTestFinished(() => running.end());
      return running;
    },
  };
  return { host, started, folder };
}
