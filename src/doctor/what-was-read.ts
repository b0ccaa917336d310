/** What a look at the machine has read, so that a few readings tell whether another look is due. */
import { dirname } from 'node:path';
import { isErrno, reasonOf } from '../errors.ts';
import type { ReadFiles, WatchFolder } from '../host/ports.ts';

export interface WhatWasRead {
  /** To look with: what is read through these is remembered. */
  files: ReadFiles;
  /** Reads again what may be otherwise by now, and tells whether it is. */
  differs(): Promise<boolean>;
  /** Ends what watches. */
  end(): void;
}

interface Reading {
  again: () => Promise<unknown>;
  before: Promise<string>;
  /** The folder that tells of a change; null for what nobody tells of. */
  folder: string | null;
  /** The one that is watched for it: where that is not there, one above it. */
  watched: string | null;
}

/**
 * A folder is watched from before anything in it is read, so nothing is missed in between. It tells of
 * many changes that are no matter here; only a reading that comes out otherwise is one.
 */
export function rememberReadings(host: ReadFiles & WatchFolder): WhatWasRead {
  const ending = new AbortController();
  const readings = new Map<string, Reading>();
  const watches = new Map<string, AbortController>();
  const told = new Set<string>();

  /** Null where it cannot be watched. */
  function watch(folder: string): string | null {
    if (watches.has(folder)) return folder;
    const end = new AbortController();
    try {
      const until = AbortSignal.any([ending.signal, end.signal]);
      host.watchFolder(folder, () => told.add(folder), until);
    } catch (error) {
      const isAbsent = isErrno(error, 'ENOENT', 'ENOTDIR');
      return isAbsent && folder !== '/' ? watch(dirname(folder)) : null;
    }
    watches.set(folder, end);
    return folder;
  }

  function remembered<T>(
    kind: string,
    read: (path: string) => Promise<T>,
    folderOf: (path: string) => string = dirname,
  ): (path: string) => Promise<T> {
    return (path) => {
      const key = `${kind} ${path}`;
      if (!isOfInterest(path, kind) || readings.has(key)) return read(path);
      const folder = isSilent(path) ? null : folderOf(path);
      const watched = folder === null ? null : watch(folder);
      const now = read(path);
      readings.set(key, { again: () => read(path), before: outcomeOf(now), folder, watched });
      return now;
    };
  }

  async function isOther(reading: Reading): Promise<boolean> {
    if (reading.folder !== null) reading.watched = watch(reading.folder);
    const [now, before] = await Promise.all([outcomeOf(reading.again()), reading.before]);
    return now !== before;
  }

  return {
    files: {
      readText: remembered('text', (path) => host.readText(path)),
      listFolder: remembered(
        'names',
        (path) => host.listFolder(path),
        (path) => path,
      ),
      readLink: remembered('link', (path) => host.readLink(path)),
      realPath: remembered('path', (path) => host.realPath(path)),
      factsOf: remembered('facts', (path) => host.factsOf(path)),
    },
    async differs() {
      const due = [...readings.values()].filter(
        ({ watched }) => watched === null || told.has(watched),
      );
      // What told may be no more, and another in its place.
      for (const folder of told) {
        watches.get(folder)?.abort();
        watches.delete(folder);
      }
      told.clear();
      return (await Promise.all(due.map(isOther))).includes(true);
    },
    end: () => ending.abort(),
  };
}

/** A failure is an outcome too. */
async function outcomeOf(reading: Promise<unknown>): Promise<string> {
  return reading.then(
    (value) => JSON.stringify(value),
    (error: unknown) => `failed: ${reasonOf(error)}`,
  );
}

/**
 * The kernel tells of no change in its own file systems. What is in /dev itself and in shared memory is
 * written all the time, of which a watch would tell.
 */
function isSilent(path: string): boolean {
  return /^\/(proc|sys)\/|^\/dev(\/shm)?(\/[^/]*)?$/.test(path);
}

/** Of the kernel's thousands of files those that change while a machine runs, and tell of much else. */
function isOfInterest(path: string, kind: string): boolean {
  if (!/^\/(proc|sys)\//.test(path)) return true;
  return kind === 'names'
    ? /^\/sys\/(bus\/\w+\/devices|class\/\w+|kernel\/iommu_groups|module)$/.test(path)
    : changing.test(path);
}

const changing = new RegExp(
  [
    '^/sys/.*/(driver|scaling_governor|nr_hugepages|current_clocksource|drivers_probe)$',
    '^/sys/module/',
    '^/sys/class/drm/[^/]*/status$',
    '^/sys/kernel/mm/(ksm/run|transparent_hugepage/enabled)$',
    '^/sys/fs/selinux/enforce$',
    '^/proc/(swaps|(self|1)/mountinfo|self/net/route)$',
  ].join('|'),
);
