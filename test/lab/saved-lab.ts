/** The virtual host as it is after its start, for tests: booted once, saved, and resumed by each file. */
import { join } from 'node:path';
import { inject } from 'vitest';
import { bootLab, type Lab, resumeLab } from './lab.ts';
import { output } from './shell.ts';

const options = { boot: 'systemd' } as const;

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the saved machine. */
    savedLab: string;
  }
}

/** Boots it, waits until nothing is left to be started, and saves it in the folder. */
export async function saveLab(folder: string, tell: (step: string) => void): Promise<void> {
  const lab = await bootLab({ ...options, disksIn: folder, tell });
  try {
    await output(lab, 'systemctl is-system-running --wait && udevadm settle');
    await lab.save(join(folder, 'state'));
  } finally {
    await lab.end();
  }
}

/** A virtual host that nobody has used. */
export function freshLab(): Promise<Lab> {
  return resumeLab(inject('savedLab'), options);
}
