/** Moves a seat's optical drives, all or nothing on the way to a domain, as usb/handoff.ts does. */
import { isAway } from '../domain/domain.ts';
import { type DriveAddress, type Drives, driveAlias } from '../domain/optical-drive.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { OpticalDrive } from '../system/optical-drives.ts';
import { bringBack, failed } from '../usb/rollback.ts';
import { diskRefusal, type Refusal, refused } from '../usb/refusals.ts';

/**
 * Finds those of a seat that are there, all of which may leave the host. Fails with `device-absent`
 * when there is none, `device-refused` with all that is refused.
 *
 * @param paths as the seat names them
 * @param present those of all seats that are there
 */
export function drivesToGo(
  domain: string,
  paths: readonly string[],
  present: readonly OpticalDrive[],
): DriveAddress[] {
  const drives = present.filter(({ path }) => paths.includes(path));
  if (drives.length === 0) throw absent(paths);
  const refusals = drives.flatMap((drive) => driveRefusals(drive, present));
  if (refusals.length > 0) throw refused(domain, refusals, 'optical drives');
  return drives.flatMap(({ path, generic }) => (generic === null ? [] : [{ path, generic }]));
}

/** Why the host keeps a drive; nothing where it does not. */
export function driveRefusals(
  { path, node, name, isOptical, generic, uses }: OpticalDrive,
  present: readonly OpticalDrive[],
): Refusal[] {
  const remedy = 'Take it out of the `optical` list.';
  const twins = present.filter((other) => other.node === node && other.path !== path);
  const isMute = isOptical && generic === null;
  const reasons = [
    ...(isOptical ? [] : [{ reason: 'it is no optical drive', remedy }]),
    ...(isMute ? [{ reason: 'it has no SCSI node', remedy: 'Say `sudo modprobe sg`.' }] : []),
    ...twins.map((twin) => ({ reason: `${twin.path} is the same drive`, remedy })),
    ...uses.map(diskRefusal),
  ];
  return reasons.map((each) => ({ subject: name === '' ? path : `${name} (${path})`, ...each }));
}

/**
 * Attaches what `drivesToGo` found; a drive that is there already stays as it is. Fails with
 * `handoff-failed`.
 */
export async function giveDrives(
  drives: Drives,
  domain: string,
  going: readonly DriveAddress[],
): Promise<void> {
  const there = await drives.attached(domain);
  const given: string[] = [];
  for (const drive of going.filter(({ path }) => !there.includes(driveAlias(path)))) {
    const { path } = drive;
    try {
      await drives.attach(domain, drive);
      given.push(path);
    } catch (error) {
      if (given.length === 0 && isAway(error)) throw error;
      const back = await bringBack(given, String, (each) => drives.detach(domain, each));
      const story = [`${path}: ${reasonOf(error)}`, ...back];
      throw failed(`The optical drives could not go to ${domain}`, story, error);
    }
  }
}

/** Detaches what the domain has of these; each is tried. Fails with `handoff-failed`. */
export async function takeDrives(
  drives: Drives,
  domain: string,
  paths: readonly string[],
): Promise<void> {
  const there = await drives.attached(domain);
  const story: string[] = [];
  const causes: unknown[] = [];
  for (const path of paths.filter((each) => there.includes(driveAlias(each)))) {
    try {
      await drives.detach(domain, path);
    } catch (error) {
      causes.push(error);
      story.push(`${path}: ${reasonOf(error)}`);
    }
  }
  if (story.length === 0) return;
  const cause = new AggregateError(causes);
  throw failed(`Not every optical drive came back from ${domain}`, story, cause);
}

function absent(paths: readonly string[]): HandglassError {
  return new HandglassError(
    'device-absent',
    `None of the seat's optical drives is there (${paths.join(', ')}).`,
    'Plug one in, or correct the paths; `ls /dev/sr*` lists what is there.',
  );
}
