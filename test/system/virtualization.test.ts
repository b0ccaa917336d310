import { expect, test } from 'vitest';
import { membershipOf } from '../../src/system/memberships.ts';
import { readMemory } from '../../src/system/memory.ts';
import { qemuConfFrom } from '../../src/system/qemu-conf.ts';
import { readServiceParts } from '../../src/system/service-parts.ts';
import { readVirtualization } from '../../src/system/virtualization.ts';
import { xorgDevices } from '../../src/system/xorg.ts';
import type { Run, RunResult } from '../../src/host/ports.ts';
import { createSysfs } from './sysfs.ts';

function answering(answers: Record<string, Partial<RunResult>>): Run {
  return {
    async run(command) {
      const answer = answers[command];
      if (answer === undefined) throw Object.assign(new Error(command), { code: 'ENOENT' });
      return { stdout: '', stderr: '', exitCode: 0, timedOut: false, ...answer };
    },
  };
}

test('QEMU, libvirt, their firmware and what keeps them in check', async () => {
  const { host, link, write } = await createSysfs();
  await write('/run/libvirt/virtqemud-sock', '');
  await write('/etc/systemd/system/sockets.target.wants/virtqemud.socket', '');
  await write('/etc/systemd/system/sockets.target.wants/cups.socket', '');
  await link('/dev/null', '/etc/systemd/system/libvirtd.service');
  await link('/dev/null', '/etc/systemd/system/cups.service');
  await link('/srv/virtlogd.service', '/etc/systemd/system/virtlogd.service');
  await write('/etc/systemd/system/handglass.service', '');
  await write('/sys/module/apparmor/parameters/enabled', 'Y\n');
  await write('/etc/apparmor.d/local/abstractions/libvirt-qemu', '# mine\n/dev/kvmfr0 rw,\n');
  await write('/usr/share/OVMF/CODE.fd', '');
  await write(
    '/usr/share/qemu/firmware/60.json',
    JSON.stringify({
      description: 'UEFI\u001b',
      'interface-types': ['uefi', 7],
      mapping: {
        executable: { filename: '/usr/share/OVMF/CODE.fd' },
        'nvram-template': { filename: '/usr/share/OVMF/gone.fd' },
      },
      targets: [{ architecture: 'x86_64' }, null],
      features: ['secure-boot'],
    }),
  );
  await write('/usr/share/qemu/firmware/50.json', 'no JSON');
  await write('/usr/share/qemu/firmware/40.json', 'hidden by the next');
  await write('/etc/qemu/firmware/40.json', '');
  const run = answering({
    'qemu-system-x86_64': { stdout: 'QEMU emulator version 7.2.9 (Debian 1:7.2)\n' },
    virsh: { stdout: '9.0.0\n' },
  });
  const found = await readVirtualization({ ...host, ...run });
  expect(found).toMatchObject({
    qemuVersion: '7.2.9',
    libvirtVersion: '9.0.0',
    sockets: ['/run/libvirt/virtqemud-sock'],
    enabledUnits: ['virtqemud.socket'],
    maskedUnits: ['libvirtd.service'],
    qemuConf: null,
    kvmNode: 'absent',
    apparmor: 'on',
    apparmorRules: '/dev/kvmfr0 rw,',
    selinux: 'off',
    lookingGlassClient: '',
    unread: { qemuConf: 'no such file or directory' },
  });
  expect(found.firmware).toEqual([
    expect.objectContaining({ isUefi: false, executable: null, isThere: true }),
    {
      file: '/usr/share/qemu/firmware/60.json',
      description: 'UEFI?',
      isUefi: true,
      hasSecureBoot: true,
      architectures: ['x86_64'],
      executable: '/usr/share/OVMF/CODE.fd',
      template: '/usr/share/OVMF/gone.fd',
      isThere: false,
    },
  ]);
});

test('a program that is there and says nothing of its version is not told as absent', async () => {
  const { host } = await createSysfs();
  const found = await readVirtualization({ ...host, ...answering({ virsh: { stdout: 'what?' } }) });
  expect(found).toMatchObject({ qemuVersion: '', libvirtVersion: null });
});

test.each([
  ['', { user: null, group: null, deviceAcl: null, listsFirmware: false }],
  ['#user = "x"\n user = "alice"\ngroup = "+36"\n', { user: 'alice', group: '36' }],
  ['user = 1000\n', { user: '1000' }],
  [
    'cgroup_device_acl = [\n  "/dev/null", # all\n  "/dev/kvm"\n]\n',
    { deviceAcl: ['/dev/null', '/dev/kvm'] },
  ],
  ['nvram = ["a:b"]\nsecurity_driver = "none"\n', { listsFirmware: true, securityDriver: 'none' }],
  ['user = "\u001b[2J"\n', { user: '?[2J' }],
])('qemu.conf %j', (text, settings) => {
  expect(qemuConfFrom(text)).toMatchObject(settings);
});

test.each([
  [
    'uid=1000(alice) gid=1000(alice) groups=1000(alice),27(sudo),4711\n',
    { user: 'alice', uid: 1000, groups: ['alice', 'sudo', '4711'] },
  ],
  [
    'uid=0(root) gid=0(root) groups=0(root) context=unconfined_u:unconfined_r:s0\n',
    { user: 'root', uid: 0, groups: ['root'] },
  ],
  [
    'uid=4711 gid=100(domain users) groups=100(domain users)\n',
    { user: '4711', groups: ['domain users'] },
  ],
])('who is who: %s', async (stdout, membership) => {
  expect(await membershipOf(answering({ id: { stdout } }))).toMatchObject(membership);
});

test('a user who is not there is told from one of whom nothing can be asked', async () => {
  const absent = answering({ id: { exitCode: 1, stderr: "id: 'x': no such user\n" } });
  expect(await membershipOf(absent, 'x')).toBeNull();
  await expect(membershipOf(answering({ id: { exitCode: 1 } }), 'x')).rejects.toThrow('unexpected');
});

test('memory, huge pages and the room of /dev/shm', async () => {
  const { host, write } = await createSysfs();
  await write(
    '/proc/meminfo',
    'MemTotal:       16384 kB\nMemAvailable:    8192 kB\nHugepagesize:    2048 kB\n',
  );
  await write('/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages', '4\n');
  await write('/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages', '1\n');
  await write('/sys/kernel/mm/transparent_hugepage/enabled', 'always madvise [never]\n');
  await write('/sys/kernel/mm/ksm/run', '1\n');
  const run = answering({ df: { stdout: '1B-blocks Avail\n    4096  1024\n' } });
  expect(await readMemory({ ...host, ...run })).toEqual({
    total: 16384,
    available: 8192,
    hugePageKib: 2048,
    hugePages: [{ pageKib: 1048576, all: 4, free: 1 }],
    transparent: 'never',
    isMerging: true,
    shared: { size: 4096, free: 1024 },
    unread: {},
  });
});

test('what the service has left on the machine', async () => {
  const { host, write } = await createSysfs();
  await write('/etc/systemd/system/handglass.service', '');
  await write('/etc/systemd/logind.conf', '#RemoveIPC=yes\nRemoveIPC=yes\n');
  await write('/etc/systemd/logind.conf.d/handglass.conf', '[Login]\nRemoveIPC=no\n');
  await write(
    '/etc/tmpfiles.d/lg.conf',
    '# f /dev/shm/no\nf+ /dev/shm/looking-glass 0660 alice kvm -\n',
  );
  await write('/dev/input/by-handglass/win10-keyboard', '');
  await write('/dev/uinput', '');
  const run = answering({ getent: { stdout: 'handglass:x:990:\n' } });
  expect(await readServiceParts({ ...host, ...run })).toMatchObject({
    hasUnits: true,
    hasUdevRules: false,
    hasSocket: false,
    keepsSharedMemory: true,
    uinput: { group: 'handglass' },
    driversProbe: 'absent',
    proxies: ['win10-keyboard'],
    temporaryFiles: [{ file: '/etc/tmpfiles.d/lg.conf', path: '/dev/shm/looking-glass' }],
    unread: {},
  });
});

test('the cards that Xorg is told to use, whose numbers are decimal', async () => {
  const { host, write } = await createSysfs();
  await write(
    '/etc/X11/xorg.conf',
    'Section "Device"\n#  BusID "PCI:9:9:9"\n  BusID "PCI:10:0:0"\nEndSection\n',
  );
  await write('/etc/X11/xorg.conf.d/20.conf', 'busid "PCI:1@2:31:7"\n');
  expect(await xorgDevices(host)).toEqual([
    { file: '/etc/X11/xorg.conf', address: '0000:0a:00.0' },
    { file: '/etc/X11/xorg.conf.d/20.conf', address: '0002:01:1f.7' },
  ]);
});

test('a program that does not answer in time is told as such', async () => {
  const { host } = await createSysfs();
  const run = answering({ virsh: { timedOut: true, exitCode: null } });
  expect((await readVirtualization({ ...host, ...run })).unread).toMatchObject({
    libvirtVersion: 'virsh --version did not answer within 10 s',
  });
});
