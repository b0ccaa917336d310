import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A configuration file of this text in a folder of its own, gone when the test ends. */
export async function configFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'handglass.toml');
  await writeFile(path, text);
  return path;
}
