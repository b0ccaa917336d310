import { basename } from 'node:path';
import { isErrno } from '../errors.ts';
import type { ReadFiles } from '../host/ports.ts';

/** What the kernel says in a file of sysfs. */
export async function attribute(host: ReadFiles, path: string): Promise<string> {
  return (await host.readText(path)).trim();
}

/** The same of a file that not every device has; empty where it is absent. */
export async function optionalAttribute(host: ReadFiles, path: string): Promise<string> {
  return (await orNull(attribute(host, path), 'ENOENT')) ?? '';
}

/** The last part of what a link leads to, such as a driver's name; null where there is no link. */
export async function linkedName(host: ReadFiles, path: string): Promise<string | null> {
  const target = await orNull(host.readLink(path), 'ENOENT');
  return target === null ? null : basename(target);
}

/** Folders of sysfs and /dev are not there while there is nothing to put into them. */
export async function namesIn(host: ReadFiles, folder: string): Promise<string[]> {
  return (await orNull(host.listFolder(folder), 'ENOENT')) ?? [];
}

export async function isThere(host: ReadFiles, path: string): Promise<boolean> {
  return (await orNull(host.factsOf(path), 'ENOENT', 'ENODEV', 'ENOTDIR')) !== null;
}

/** Null for a device that goes while it is read. */
export function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  return orNull(reading, 'ENOENT', 'ENODEV');
}

async function orNull<T>(reading: Promise<T>, ...names: string[]): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (isErrno(error, ...names)) return null;
    throw error;
  }
}
