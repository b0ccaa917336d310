/** Whether programs here see the machine itself, or what a container shows of it. */
import type { ReadFiles } from '../host/ports.ts';
import { printable } from '../printable.ts';
import { isThere, optionalAttribute, unlessGone } from './attributes.ts';

/**
 * What the container is called; `chroot` of a root of its own, `other` where nothing names it, and empty
 * on the machine itself. That its root is an overlay says nothing: so it is on systems that change as a
 * whole, and on those that start from a medium.
 */
export async function readContainer(host: ReadFiles): Promise<string> {
  return (await markOf(host)) ?? (await withoutMark(host));
}

/** Those of systemd-detect-virt, without the environment of the first process, which root alone may read. */
async function markOf(host: ReadFiles): Promise<string | null> {
  if ((await isThere(host, '/proc/vz')) && !(await isThere(host, '/proc/bc'))) return 'openvz';
  const release = await optionalAttribute(host, '/proc/sys/kernel/osrelease');
  if (/Microsoft|WSL/.test(release)) return 'wsl';
  for (const path of ['/run/host/container-manager', '/run/systemd/container']) {
    const [name = ''] = (await optionalAttribute(host, path)).split('\n');
    if (name !== '') return printable(name);
  }
  if (await isThere(host, '/run/.containerenv')) return 'podman';
  return (await isThere(host, '/.dockerenv')) ? 'docker' : null;
}

/** By what the kernel says, which nobody has to write down. */
async function withoutMark(host: ReadFiles): Promise<string> {
  const mounts = (await unlessGone(host.readText('/proc/self/mountinfo'))) ?? '';
  const processes = await unlessGone(host.readLink('/proc/self/ns/pid'));
  const isApart = processes !== null && processes !== machinesProcesses;
  if (!isApart && !(await hasOwnRoot(host, mounts))) return '';
  if (await isThere(host, '/var/run/secrets/kubernetes.io')) return 'kubernetes';
  if (/ - fuse\.lxcfs /.test(mounts)) return 'lxc';
  return isApart ? 'other' : 'chroot';
}

/** The kernel numbers its namespaces, and the first one of processes is always this (PID_NS_INIT_INO). */
const machinesProcesses = 'pid:[4026531836]';

/** A root that is no place where anything is mounted, or another than that of the first process. */
async function hasOwnRoot(host: ReadFiles, mounts: string): Promise<boolean> {
  if (mounts === '') return false;
  const own = rootIn(mounts);
  if (own === null) return true;
  // Of the first process not everybody sees this.
  const first = await host.readText('/proc/1/mountinfo').then(rootIn, () => null);
  return first !== null && first !== own;
}

/** Which file system is at the root, and what part of it: `8:2 /`; the last one lies over the others. */
function rootIn(mountinfo: string): string | null {
  const root = mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, , , , place]) => place === '/');
  return root === undefined ? null : `${root[2]} ${root[3]}`;
}
