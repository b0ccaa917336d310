import { expect, test } from 'vitest';
import { readContainer } from '../../src/system/container.ts';
import { createSysfs, failing } from './sysfs.ts';

const self = '/proc/self/mountinfo';
const first = '/proc/1/mountinfo';
const processes = '/proc/self/ns/pid';
const machines = 'pid:[4026531836]';

/** A line of mountinfo: what of which file system is where. */
const mount = (device: string, part: string, place: string, type = 'ext4') =>
  `30 1 ${device} ${part} ${place} rw,relatime shared:1 - ${type} none rw\n`;
const proc = mount('0:21', '/', '/proc', 'proc');
const disk = mount('8:2', '/', '/');

interface Given {
  files?: Record<string, string>;
  /** What /proc/self/ns/pid leads to. */
  pids?: string;
}

async function machineWith({ files = {}, pids = machines }: Given) {
  const { host, write, link } = await createSysfs();
  await link(pids, processes);
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return host;
}

test.each([
  [{ '/run/systemd/container': 'podman\n' }, 'podman'],
  [{ '/run/host/container-manager': 'systemd-nspawn\n' }, 'systemd-nspawn'],
  [{ '/.dockerenv': '' }, 'docker'],
  [{ '/run/.containerenv': '', '/.dockerenv': '' }, 'podman'],
  [{ '/proc/vz/version': '' }, 'openvz'],
  [{ '/proc/vz/version': '', '/proc/bc/0': '' }, ''],
  [{ '/proc/sys/kernel/osrelease': '5.15.90.1-microsoft-standard-WSL2\n' }, 'wsl'],
  [{ '/proc/sys/kernel/osrelease': '4.4.0-19041-Microsoft\n' }, 'wsl'],
  [{ '/proc/sys/kernel/osrelease': '6.8.0-1021-azure\n' }, ''],
] as [Record<string, string>, string][])('by the mark %j it is "%s"', async (files, container) => {
  expect(await readContainer(await machineWith({ files }))).toBe(container);
});

const apart = 'pid:[4026532312]';
test.each<[string, Given, string]>([
  ['processes of its own', { pids: apart }, 'other'],
  [
    'processes of its own, and files of LXC',
    {
      pids: apart,
      files: { [self]: disk + mount('0:50', '/proc/cpuinfo', '/proc/cpuinfo', 'fuse.lxcfs') },
    },
    'lxc',
  ],
  [
    'processes of its own, and an account of Kubernetes',
    { pids: apart, files: { '/var/run/secrets/kubernetes.io/serviceaccount/token': '' } },
    'kubernetes',
  ],
  ['a root where nothing is mounted', { files: { [self]: proc, [first]: disk + proc } }, 'chroot'],
  [
    'another file system at its root than the first process has',
    { files: { [self]: mount('0:90', '/', '/', 'overlay') + proc, [first]: disk + proc } },
    'chroot',
  ],
  [
    "another part of the first process's file system at its root",
    { files: { [self]: mount('8:2', '/srv/old', '/'), [first]: disk } },
    'chroot',
  ],
])('without any mark, %s tells of a container', async (_what, given, container) => {
  expect(await readContainer(await machineWith(given))).toBe(container);
});

const composefs = mount('0:34', '/', '/', 'overlay');
const live = mount('0:22', '/', '/', 'rootfs') + mount('0:31', '/', '/', 'overlay');
test.each<[string, Record<string, string>]>([
  ['a disk', { [self]: disk + proc, [first]: disk + proc }],
  [
    'a deployment of ostree',
    {
      [self]: mount('0:33', '/ostree/deploy/fedora', '/', 'btrfs'),
      [first]: mount('0:33', '/ostree/deploy/fedora', '/', 'btrfs'),
    },
  ],
  ['a composefs', { [self]: composefs, [first]: composefs }],
  ['the overlay of a medium that it started from', { [self]: live, [first]: live }],
  ['what a sandboxed service sees', { [self]: disk + mount('8:2', '/usr', '/usr'), [first]: disk }],
  ['a disk, of which the first process shows nothing', { [self]: disk }],
])('a machine whose root is %s is told as itself', async (_what, files) => {
  expect(await readContainer(await machineWith({ files }))).toBe('');
});

test('who may not see the mounts of the first process is not told to be in a container', async () => {
  const host = await machineWith({ files: { [self]: disk, [first]: proc } });
  expect(await readContainer(failing(host, first, 'EACCES'))).toBe('');
});

const refuse = async (path: string) => {
  throw Object.assign(new Error(path), { code: 'EACCES' });
};

test('a machine that says nothing of its own processes is not told as itself', async () => {
  const host = await machineWith({});
  await expect(readContainer({ ...host, readLink: refuse })).rejects.toMatchObject({
    code: 'EACCES',
  });
});
