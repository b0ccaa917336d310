import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { clock } from '../../src/host/clock.ts';
import { virshFor, type Virsh } from '../../src/libvirt/virsh.ts';
import { fakeVirsh } from '../libvirt/fake-virsh.ts';

export interface VirshCommands {
  virsh: Virsh;
  /** Holds `virsh`, and whatever the commands leave. */
  folder: string;
  /** What each virsh was started with. */
  started: (readonly string[])[];
  /** The commands that were given, with their arguments. */
  given(): Promise<string[]>;
}

/**
 * A process in virsh's place each command of which is a script: it runs in the folder, and says why
 * it fails on descriptor 3.
 */
export async function virshCommands(scripts: Record<string, string>): Promise<VirshCommands> {
  const { host, started, folder } = await fakeVirsh('PATH="${0%/*}:$PATH"; cd "${0%/*}"');
  for (const [name, script] of Object.entries(scripts)) {
    const log = `printf '%s' "\${0##*/}" >>given; printf ' %s' "$@" >>given; echo >>given`;
    await writeFile(join(folder, name), `#!/bin/sh\n${log}\n${script}\n`, { mode: 0o755 });
  }
  const over = new AbortController();
  onTestFinished(() => over.abort());
  return {
    virsh: virshFor({ ...host, ...clock }, 'qemu:///system', over.signal),
    folder,
    started,
    given: async () => (await readFile(join(folder, 'given'), 'utf8')).trimEnd().split('\n'),
  };
}

export const failing = (reason: string) => `echo 'error: ${reason}' >&3`;

/** A domain with one empty drive, and a pool. */
export const oneDrive = {
  'pool-list': 'printf " images\\n default\\n\\n"',
  domblklist: `printf ' Type   Device   Target   Source\\n-----------------\\n'
printf ' file   disk     vda      /images/win10.qcow2\\n file   cdrom    sda      -\\n\\n'`,
  'vol-list': 'printf " Name   Path\\n--------\\n win10.qcow2   /images/win10.qcow2\\n"',
  'vol-create-as': ':',
  'vol-upload': 'cp "$6" uploaded.iso',
  'vol-path': 'echo /images/handglass-win10.iso',
  'vol-delete': ':',
  'change-media': ':',
};
