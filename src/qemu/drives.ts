/**
 * A drive is two things to QEMU: a block node, which has the host's device open, and the SCSI device
 * that passes the guest's commands through to it. The node comes first and goes last, and both have
 * the drive's alias.
 *
 * That is scsi-generic with /dev/sg…, and not scsi-block with /dev/sr…, of which QEMU passes no
 * command on while there is no medium (`cannot get SG_IO version number: No medium found`), and which
 * it opens for reading only. To a drive with a medium both do the same.
 */
import { z } from 'zod';
import { type DriveAddress, type Drives, driveAlias } from '../domain/optical-drive.ts';
import { DomainRefusal } from '../domain/refusal.ts';
import { waitForRelease } from '../domain/release.ts';
import type { Clock } from '../host/ports.ts';
import { devicesIn, removeDevice } from './devices.ts';
import { type Qmp, unlessEnded } from './qmp.ts';

/** The drives of the one domain that a QEMU is. */
export function qemuDrives(host: Clock, qmp: Qmp, domain: string): Drives {
  async function attached(): Promise<string[]> {
    return (await unlessEnded(devicesIn(qmp, 'peripheral', 'scsi-generic'))) ?? [];
  }

  async function attach(_: string, { path, generic }: DriveAddress): Promise<void> {
    const alias = driveAlias(path);
    // A service that was killed half way has left it.
    await removeNode(alias);
    try {
      const node = { driver: 'host_device', 'node-name': alias, filename: generic };
      await qmp.execute('blockdev-add', node);
      await qmp.execute('device_add', { driver: 'scsi-generic', id: alias, drive: alias });
      if (!(await attached()).includes(alias)) {
        throw new DomainRefusal(`QEMU reported success, and ${domain} does not have the drive`);
      }
    } catch (error) {
      // Why it failed is of more interest than what else does.
      await removeNode(alias).catch(() => {});
      throw error instanceof DomainRefusal ? explained(error, domain, generic) : error;
    }
  }

  async function detach(_: string, path: string): Promise<void> {
    const alias = driveAlias(path);
    await removeDevice(host, qmp, domain, alias);
    await unlessEnded(removeNode(alias));
  }

  /** QEMU may hold the node for a moment after its list has no such device any more. */
  async function removeNode(name: string): Promise<void> {
    const nodes = nodesAnswer.parse(await qmp.execute('query-named-block-nodes', { flat: true }));
    if (!nodes.some((node) => node['node-name'] === name)) return;
    await waitForRelease(host, domain, async () => {
      try {
        await qmp.execute('blockdev-del', { 'node-name': name });
        return false;
      } catch (error) {
        if (error instanceof DomainRefusal && error.message.endsWith(' is in use')) return true;
        throw error;
      }
    });
  }

  return { attached, attach, detach };
}

const nodesAnswer = z.array(z.object({ 'node-name': z.string().optional() }));

function explained(refusal: DomainRefusal, domain: string, generic: string): DomainRefusal {
  const cause = { cause: refusal };
  const { message } = refusal;
  if (/No 'SCSI' bus/.test(message)) {
    const what = `${domain} has no SCSI controller with room for a drive`;
    return new DomainRefusal(`${what}: start its QEMU with \`-device virtio-scsi-pci\``, cause);
  }
  if (/Permission denied|not permitted/.test(message)) {
    const rights = `its user has to be let read and write ${generic}`;
    return new DomainRefusal(`${message}; ${rights}`, cause);
  }
  return refusal;
}
