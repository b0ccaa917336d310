/** Drives against a real QEMU, as far as it goes without one: /dev/null opens, and is no drive. */
import { expect, onTestFinished, test } from 'vitest';
import { driveAlias } from '../../src/domain/optical-drive.ts';
import { clock } from '../../src/host/clock.ts';
import { sockets } from '../../src/host/sockets.ts';
import { qemuDrives } from '../../src/qemu/drives.ts';
import { keepQmp } from '../../src/qemu/qmp.ts';
import { type FakeSide, fakeQemu, ready } from './fake-qemu.ts';
import { realQemu } from './real-qemu.ts';

const path = '/dev/sr0';
const drive = { path, generic: '/dev/null' };
const alias = driveAlias(path);
const scsi = ['-device', 'virtio-scsi-pci'];

function drivesAt(socket: string) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const host = { ...sockets, ...clock };
  return qemuDrives(
    host,
    keepQmp(host, { name: 'win10', socket }, () => {}, ending.signal),
    'win10',
  );
}

async function running(...more: string[]) {
  const qemu = realQemu(...more);
  const { monitor } = await qemu.start();
  const nodes = () => monitor.execute('query-named-block-nodes', { flat: true });
  return { monitor, nodes, drives: drivesAt(qemu.socket) };
}

/** A QEMU that is asked in vain to attach, and what it is asked; each answer is for one command. */
async function asked(asking: (drives: ReturnType<typeof drivesAt>) => Promise<void>) {
  const qemu = await fakeQemu();
  const done = asking(drivesAt(qemu.socket));
  done.catch(() => {});
  const side = await qemu.accept();
  await ready(side);
  return { done, side };
}

async function answer(side: FakeSide, command: string, result: unknown): Promise<void> {
  const { execute, id } = await side.next();
  expect(execute).toBe(command);
  side.say(`${JSON.stringify({ ...(result as object), id })}\n`);
}

const node = { return: [{ 'node-name': alias }] };
const nothing = { return: [] };
const refusal = (desc: string) => ({ error: { class: 'GenericError', desc } });

test('the alias of a drive is short enough for a block node, and its own', () => {
  expect(alias).toMatch(/^ua-handglass-[0-9a-f]{18}$/);
  expect(driveAlias('/dev/sr1')).not.toBe(alias);
});

test('a QEMU that does not run has no drive to bring back, and takes none', async () => {
  const drives = drivesAt(realQemu().socket);
  expect(await drives.attached('win10')).toEqual([]);
  await drives.detach('win10', path);
  await expect(drives.attach('win10', drive)).rejects.toMatchObject({ code: 'domain-not-running' });
});

test.each([
  {
    reason: 'QEMU has no SCSI controller',
    more: [],
    at: '/dev/null',
    message:
      'win10 has no SCSI controller with room for a drive: start its QEMU with `-device virtio-scsi-pci`',
  },
  { reason: 'it takes no SCSI commands', more: scsi, at: '/dev/null', message: 'SG_IO' },
  { reason: 'there is none', more: scsi, at: '/nowhere/sg0', message: 'No such file or directory' },
])('a drive is refused when $reason, and leaves nothing', async ({ more, at, message }) => {
  const { drives, nodes } = await running(...more);
  await expect(drives.attach('win10', { path, generic: at })).rejects.toMatchObject({
    name: 'DomainRefusal',
    message: expect.stringContaining(message) as string,
  });
  expect(await nodes()).toEqual([]);
  expect(await drives.attached('win10')).toEqual([]);
});

test('what a service that was killed half way has left is in nobody’s way', async () => {
  const { drives, nodes, monitor } = await running(...scsi);
  const left = { driver: 'host_device', 'node-name': alias, filename: '/dev/null' };
  await monitor.execute('blockdev-add', left);
  await expect(drives.attach('win10', drive)).rejects.toThrow('SG_IO');
  expect(await nodes()).toEqual([]);
  await monitor.execute('blockdev-add', left);
  await drives.detach('win10', path);
  expect(await nodes()).toEqual([]);
});

test('drives that others attached are none of ours, and stay', async () => {
  const { drives, monitor } = await running(...scsi);
  await monitor.execute('device_add', { driver: 'scsi-cd', id: 'other' });
  expect(await drives.attached('win10')).toEqual([]);
  await drives.detach('win10', path);
  expect(await monitor.execute('qom-list', { path: '/machine/peripheral' })).toContainEqual({
    name: 'other',
    type: 'child<scsi-cd>',
  });
});

test('success that the list of devices does not show is none', async () => {
  const { done, side } = await asked((drives) => drives.attach('win10', drive));
  await answer(side, 'query-named-block-nodes', nothing);
  await answer(side, 'blockdev-add', { return: {} });
  await answer(side, 'device_add', { return: {} });
  await answer(side, 'qom-list', nothing);
  await answer(side, 'query-named-block-nodes', node);
  await answer(side, 'blockdev-del', { return: {} });
  await expect(done).rejects.toThrow('QEMU reported success, and win10 does not have the drive');
});

test('a drive that QEMU may not open is refused with what its user lacks', async () => {
  const { done, side } = await asked((drives) => drives.attach('win10', drive));
  await answer(side, 'query-named-block-nodes', nothing);
  await answer(side, 'blockdev-add', refusal("Could not open '/dev/null': Permission denied"));
  await answer(side, 'query-named-block-nodes', nothing);
  await expect(done).rejects.toMatchObject({
    name: 'DomainRefusal',
    message:
      "Could not open '/dev/null': Permission denied; its user has to be let read and write /dev/null",
  });
});

test('a drive has come back once the domain has let go of it and QEMU has closed it', async () => {
  const { done, side } = await asked((drives) => drives.detach('win10', path));
  await answer(side, 'device_del', { return: {} });
  await answer(side, 'qom-list', { return: [{ name: alias, type: 'child<scsi-generic>' }] });
  await answer(side, 'qom-list', nothing);
  await answer(side, 'query-named-block-nodes', node);
  await answer(side, 'blockdev-del', refusal(`Node ${alias} is in use`));
  await answer(side, 'blockdev-del', { return: {} });
  await done;
});
