/**
 * A disc goes into a domain's drive as a volume of libvirt: that needs no right but the one to talk
 * to libvirt, and the volume's file is open to root and to the domain's QEMU alone.
 */
import { reasonOf } from '../errors.ts';
import type { MakeFolder, MakeTemporary, ReadFiles, Run, WriteFiles } from '../host/ports.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import { withDiscImage, type DiscImage } from './disc-image.ts';
import { failed, step } from './failure.ts';

export interface DiscDelivery {
  /** The drive, as the domain's XML names it: `sda`. */
  drive: string;
}

/**
 * Where it fails, neither a volume nor a disc is left behind.
 *
 * @throws HandglassError `pairing-failed`, `libvirt-unavailable`
 */
export async function deliverByDisc(
  host: ReadFiles & WriteFiles & MakeFolder & MakeTemporary & Run,
  virsh: Virsh,
  domain: string,
  content: { client: string; pairing: string },
): Promise<DiscDelivery> {
  return withDiscImage(host, content, async (image) => {
    const volume = { pool: await poolFor(virsh), name: volumeName(domain) };
    const drive = await freeDrive(virsh, domain, volume.name);
    await removeOld(virsh, volume);
    await create(virsh, volume, image);
    await orRemove(virsh, volume, async () => {
      const path = await fill(virsh, volume, image);
      await insert(virsh, domain, drive, path);
    });
    return { drive };
  });
}

interface Volume {
  pool: string;
  name: string;
}

function volumeName(domain: string): string {
  return `handglass-${domain.replaceAll(/[^\w.-]/g, '_')}.iso`;
}

async function poolFor(virsh: Virsh): Promise<string> {
  const remedy = 'See `virsh pool-list --all`, and start one with `virsh pool-start`.';
  const text = await step('The storage pools cannot be listed', remedy, () =>
    virsh('pool-list', '--name'),
  );
  const pools = text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const pool = pools.includes('default') ? 'default' : pools[0];
  if (pool === undefined) throw failed('No storage pool of libvirt is active.', remedy);
  return pool;
}

/** A drive without a disc, or with one of ours, which is taken out: its code is no good any more. */
async function freeDrive(virsh: Virsh, domain: string, volume: string): Promise<string> {
  const text = await step(
    `The drives of ${domain} cannot be listed`,
    'See `virsh list --all` for the names of domains.',
    () => virsh('domblklist', '--domain', domain, '--details'),
  );
  const drives = drivesIn(text);
  const ours = drives.find(({ source }) => source.endsWith(`/${volume}`));
  const empty = drives.find(({ source }) => source === '-');
  const [first] = drives;
  if (first === undefined) {
    throw failed(
      `${domain} has no CD drive.`,
      `Shut it down and run: virsh attach-disk ${domain} '' sdz --type cdrom --config`,
    );
  }
  if (ours !== undefined) {
    await step(
      `The disc of the last pairing cannot be taken out of drive ${ours.target} of ${domain}`,
      'Eject it in the guest.',
      () => virsh('change-media', '--domain', domain, '--path', ours.target, '--eject', '--live'),
    );
  }
  const free = ours ?? empty;
  if (free !== undefined) return free.target;
  throw failed(
    `There is a disc in drive ${first.target} of ${domain}: ${first.source}.`,
    `Take it out with: virsh change-media ${domain} ${first.target} --eject`,
  );
}

/**
 * Reads `virsh domblklist --details`:
 *
 *      Type   Device   Target   Source
 *     --------------------------------------
 *      file   cdrom    sda      -
 */
function drivesIn(text: string): { target: string; source: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, target, source] = /^\S+\s+cdrom\s+(\S+)\s+(.+)$/.exec(line.trim()) ?? [];
    return target === undefined || source === undefined ? [] : [{ target, source }];
  });
}

async function removeOld(virsh: Virsh, { pool, name }: Volume): Promise<void> {
  await step(
    `The disc of the last pairing cannot be removed from the pool ${pool}`,
    `See \`virsh vol-list ${pool}\`.`,
    async () => {
      const volumes = await virsh('vol-list', '--pool', pool);
      const isThere = volumes.split('\n').some((line) => line.trim().split(/\s+/)[0] === name);
      if (isThere) await remove(virsh, { pool, name });
    },
  );
}

async function create(virsh: Virsh, { pool, name }: Volume, { size }: DiscImage): Promise<void> {
  const measures = ['--capacity', String(size), '--format', 'raw'];
  await step(
    `The disc cannot be stored in the pool ${pool}`,
    `It needs ${Math.ceil(size / 1024)} KiB there; see \`virsh pool-info ${pool}\`.`,
    () => virsh('vol-create-as', '--pool', pool, '--name', name, ...measures),
  );
}

/** The path that the volume has. */
async function fill(virsh: Virsh, { pool, name }: Volume, { path }: DiscImage): Promise<string> {
  const volume = ['--vol', name, '--pool', pool];
  return step(
    `The disc cannot be stored in the pool ${pool}`,
    `See \`virsh pool-info ${pool}\`.`,
    async () => {
      await virsh('vol-upload', ...volume, '--file', path);
      return (await virsh('vol-path', ...volume)).trim();
    },
  );
}

async function insert(virsh: Virsh, domain: string, drive: string, path: string): Promise<void> {
  const how = ['--source', path, '--insert', '--live'];
  await step(
    `The disc cannot be put into drive ${drive} of ${domain}`,
    'The domain has to run, and its drive to be closed and not locked by the guest.',
    () => virsh('change-media', '--domain', domain, '--path', drive, ...how),
  );
}

/** Where `act` fails, the volume goes. */
async function orRemove(virsh: Virsh, volume: Volume, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    await step(
      `${reasonOf(error)}. The volume ${volume.name} is left in the pool ${volume.pool}`,
      `Remove it: virsh vol-delete ${volume.name} --pool ${volume.pool}`,
      () => remove(virsh, volume),
    );
    throw error;
  }
}

function remove(virsh: Virsh, { pool, name }: Volume): Promise<string> {
  return virsh('vol-delete', '--vol', name, '--pool', pool);
}
