/** Archives of machines that were built, for the tests of what is in them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { onTestFinished } from 'vitest';
import { doctorLines } from '../../src/cli/render/doctor.ts';
import {
  type Archive,
  readArchive,
  type Recorded,
  writeArchive,
} from '../../src/doctor/archive.ts';
import type { Facts } from '../../src/doctor/facts.ts';
import { type MadeArchive, makeArchive } from '../../src/doctor/make-archive.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import { filesUnder } from '../../src/host/files.ts';
import { equipped } from '../machines/equipped.ts';
import type { LookedAt, Software } from '../machines/software.ts';

export const configPath = '/etc/handglass/handglass.toml';
export const now = Date.UTC(2026, 4, 17, 8, 30);
export const host = filesUnder('/', () => {});

export function screenOf(facts: Facts): string {
  const report = doctorReport(facts);
  return stripVTControlCharacters(doctorLines(report, true).join('\n'));
}

export const archiveOf = ({ machine, virsh }: LookedAt): Promise<MadeArchive> =>
  makeArchive(machine, { configPath, virsh }, { handglass: '0.1.0', now });

export async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-archive-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'report.json.gz');
}

/** Through a file, as a user would send it. */
export async function sent({ content }: MadeArchive): Promise<{ archive: Archive; path: string }> {
  const path = await place();
  await writeArchive(host, path, content);
  return { archive: await readArchive(host, path), path };
}

export const software = (name: string): Software => {
  const found = equipped[name];
  if (found === undefined) throw new Error(`no software of ${name}`);
  return found;
};

/** What was recorded where nobody looked. */
export const nothing: Recorded = {
  texts: {},
  folders: {},
  links: {},
  realPaths: {},
  facts: {},
  contents: {},
  programs: {},
  libvirts: {},
  virsh: {},
};
