import { z } from 'zod';
import { DomainRefusal } from '../domain/refusal.ts';
import { waitForRelease } from '../domain/release.ts';
import type { Clock } from '../host/ports.ts';
import { type Qmp, unlessEnded } from './qmp.ts';

/** Where QEMU keeps devices with an id, and those of its command line that have none. */
export type DeviceFolder = 'peripheral' | 'peripheral-anon';

/** What QEMU calls its devices of this driver, as its own list says. */
export async function devicesIn(qmp: Qmp, folder: DeviceFolder, driver: string): Promise<string[]> {
  const entries = await listOf(qmp, folder);
  return entries.filter(({ type }) => type === `child<${driver}>`).map(({ name }) => name);
}

/** Resolves when there is no device of this id; the guest has to let go of one. */
export async function removeDevice(
  host: Clock,
  qmp: Qmp,
  domain: string,
  id: string,
): Promise<void> {
  const has = async () => {
    const devices = await unlessEnded(listOf(qmp, 'peripheral'));
    return devices?.some(({ name }) => name === id) ?? false;
  };
  try {
    await unlessEnded(qmp.execute('device_del', { id }));
  } catch (error) {
    // The device may have gone between the decision and the command.
    if (error instanceof DomainRefusal && !(await has())) return;
    throw error;
  }
  await waitForRelease(host, domain, has);
}

async function listOf(qmp: Qmp, folder: DeviceFolder): Promise<z.infer<typeof listAnswer>> {
  return listAnswer.parse(await qmp.execute('qom-list', { path: `/machine/${folder}` }));
}

const listAnswer = z.array(z.object({ name: z.string(), type: z.string() }));
