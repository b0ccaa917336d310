/** Looks once at each file of a list, in JSON, and ends. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import type { Looked } from './doctor-machine.ts';

const ways: Record<Looked['how'], (path: string) => unknown> = {
  readText: (path) => readFileSync(path, 'utf8'),
  listFolder: (path) => readdirSync(path),
  readLink: (path) => readlinkSync(path),
  realPath: (path) => realpathSync(path),
  factsOf: (path) => lstatSync(path),
};

const list = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Looked[];
for (const { how, path } of list) {
  try {
    ways[how](path);
  } catch {
    // What is not there has been looked for all the same.
  }
}
