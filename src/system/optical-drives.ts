import { basename } from 'node:path';
import type { ReadFiles } from '../host/ports.ts';
import { namesIn, optionalAttribute, unlessGone } from './attributes.ts';
import { printable } from '../printable.ts';
import { type DiskUse, diskUses } from './usb-disks.ts';

export interface OpticalDrive {
  /** As it was asked for: a node such as /dev/sr0, or a link to one. */
  path: string;
  /** Where that leads. */
  node: string;
  /** Its vendor and model. */
  name: string;
  /** Whether it is one at all. */
  isOptical: boolean;
  /** Its other node, for SCSI commands alone: /dev/sg1. Null while the module sg is not loaded. */
  generic: string | null;
  uses: DiskUse[];
}

/** What lies at these paths and is there now. */
export async function opticalDrives(
  host: ReadFiles,
  paths: readonly string[],
): Promise<OpticalDrive[]> {
  const found = await Promise.all(paths.map((path) => unlessGone(driveAt(host, path))));
  return found.filter((drive) => drive !== null);
}

async function driveAt(host: ReadFiles, path: string): Promise<OpticalDrive> {
  const node = await host.realPath(path);
  const block = basename(node);
  const device = `/sys/class/block/${block}/device`;
  const texts = ['vendor', 'model'].map((name) => optionalAttribute(host, `${device}/${name}`));
  const isOptical = (await optionalAttribute(host, `${device}/type`)) === opticalType;
  const [generic] = await namesIn(host, `${device}/scsi_generic`);
  return {
    path,
    node,
    name: printable((await Promise.all(texts)).filter(Boolean).join(' ')),
    isOptical,
    generic: generic === undefined ? null : `/dev/${generic}`,
    uses: isOptical ? await diskUses(host, block) : [],
  };
}

/** SCSI's peripheral device type of CD, DVD and Blu-ray drives, on ATA and USB too. */
const opticalType = '5';
