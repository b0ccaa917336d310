import { mkdir, rm } from 'node:fs/promises';
import type { TestProject } from 'vitest/node';
import { passing, prepareCache } from './cache.ts';
import { buildInputPrograms } from './guest/input/programs.ts';
import { saveLab } from './saved-lab.ts';

const folder = passing('saved');

/** Boots and saves the virtual host from which the tests go on, with all programs that they run in it. */
export async function setup(project: TestProject): Promise<void> {
  buildInputPrograms();
  await prepareCache();
  // Of a process that had our number.
  await teardown();
  await mkdir(folder);
  await saveLab(folder, (step) => console.log(step));
  project.provide('savedLab', folder);
}

export async function teardown(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
