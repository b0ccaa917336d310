/** Commands that are printed, run by a real shell on files of a temporary folder. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { loadEarly } from '../../src/doctor/early-loading.ts';
import { changeLine, type LineChange } from '../../src/doctor/kernel-line.ts';
import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import { qemuConfFrom } from '../../src/system/qemu-conf.ts';
import { found, healthy } from './healthy.ts';

/** What becomes of a file when the command that names it is run, but for what only root can start. */
async function after(command: string | null, path: string, text: string): Promise<string> {
  if (command === null) throw new Error('no command');
  const folder = await mkdtemp(join(tmpdir(), 'handglass-remedy-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'file');
  await writeFile(file, text);
  const own = command
    .split(' && ')
    .filter((part) => part.includes(path))
    .map((part) => part.replaceAll('sudo ', '').replaceAll(path, file))
    .join(' && ');
  await execa('sh', ['-euc', own]);
  return readFile(file, 'utf8');
}

const grub = '/etc/default/grub';

function changed(line: string, change: LineChange) {
  const { boot } = healthy();
  const parameters = kernelParameters(line);
  const variable = 'GRUB_CMDLINE_LINUX_DEFAULT';
  boot.nextLine = [{ file: grub, variable, isQuoted: true, parameters }];
  const todo = changeLine(boot, change);
  return 'remedy' in todo ? todo.remedy : null;
}

test.each([
  ['quiet', { add: ['intel_iommu=on', 'iommu=pt'] }, 'intel_iommu=on iommu=pt quiet'],
  ['quiet amd_iommu=on', { remove: ['amd_iommu=on'] }, 'quiet'],
  ['iommu_pt quiet', { add: ['iommu=pt'], remove: ['iommu_pt'] }, 'iommu=pt quiet'],
  [
    'vfio-pci.id=a/b',
    { add: ['vfio-pci.ids=1/2'], remove: ['vfio-pci.id=a/b'] },
    'vfio-pci.ids=1/2',
  ],
  ['aXb quiet', { remove: [] as string[], add: ['a.b'] }, 'a.b aXb quiet'],
  [
    'hugepages=8 hugepagesz=1G',
    { add: ['hugepagesz=1G', 'hugepages=8'], remove: ['hugepages=8', 'hugepagesz=1G'] },
    'hugepagesz=1G hugepages=8',
  ],
])('the line "%s" with %j becomes "%s"', async (line, change, expected) => {
  for (const quote of ['"', "'"]) {
    const text = `GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT=${quote}${line}${quote}\n#GRUB_CMDLINE_LINUX_DEFAULT="x"\n`;
    const now = await after(changed(line, change), grub, text);
    const [, words] = /^GRUB_CMDLINE_LINUX_DEFAULT=["'](.*)["']$/m.exec(now) ?? [];
    expect(words?.split(/\s+/).filter(Boolean).join(' ')).toBe(expected);
    expect(now).toContain('GRUB_DEFAULT=0\n');
    expect(now).toContain('\n#GRUB_CMDLINE_LINUX_DEFAULT="x"\n');
  }
});

test('commands for one file are run one after the other, in any order', async () => {
  const line = 'quiet iommu_pt';
  const changes = [{ add: ['intel_iommu=on'] }, { add: ['iommu=pt'], remove: ['iommu_pt'] }];
  for (const order of [changes, changes.toReversed()]) {
    const commands = order.map((change) => changed(line, change)).join(' && ');
    const now = await after(commands, grub, `GRUB_CMDLINE_LINUX_DEFAULT="${line}"\n`);
    const [, words = ''] = /"(.*)"/.exec(now) ?? [];
    expect(words.trim().split(/\s+/).toSorted()).toEqual(['intel_iommu=on', 'iommu=pt', 'quiet']);
  }
});

test('what the file has already is only taken over, and what it has not cannot be taken out', () => {
  expect(changed('iommu=pt', { add: ['iommu=pt'] })).toBe('sudo update-grub');
  expect(changed('quiet', { remove: ['iommu_pt'] })).toBeNull();
});

test.each([
  ['on one line', 'cgroup_device_acl = [ "/dev/null" ]\n'],
  ['on several', 'cgroup_device_acl = [\n  "/dev/null",\n  "/dev/vfio/1"\n]\n'],
  ['nowhere', ''],
])(
  'a list of devices that stands %s is whole afterwards, and all else as it was',
  async (_where, list) => {
    const text = `#cgroup_device_acl = [\n#    "/dev/null"\n#]\n${list}user = "alice"\nnvram = [\n  "a:b"\n]\n`;
    const [result] = found('libvirt.device-acl', ({ sharedMemory: [file], virtualization }) => {
      virtualization.qemuConf = qemuConfFrom(text);
      if (file !== undefined) file.entry = { ...file.entry, path: '/dev/kvmfr0' };
    });
    const now = await after(result?.remedy ?? null, '/etc/libvirt/qemu.conf', text);
    const conf = qemuConfFrom(now);
    expect(conf.deviceAcl).toEqual(
      expect.arrayContaining(['/dev/kvm', '/dev/null', '/dev/kvmfr0']),
    );
    expect(conf).toMatchObject({ user: 'alice', listsFirmware: true });
    expect(now).toContain('#cgroup_device_acl = [\n#    "/dev/null"\n#]\n');
  },
);

test.each(['nvram = [ "a:b" ]\n', 'nvram = [\n  "a:b"\n]\n'])(
  'an old list of firmware is put behind #: %j',
  async (list) => {
    const [result] = found('libvirt.firmware-list', ({ virtualization }) => {
      virtualization.qemuConf = qemuConfFrom(list);
    });
    const now = await after(
      result?.remedy ?? null,
      '/etc/libvirt/qemu.conf',
      `${list}user = "a"\n`,
    );
    expect(qemuConfFrom(now)).toMatchObject({ user: 'a', listsFirmware: false });
  },
);

test('what a file says already stays in it', async () => {
  const { boot } = healthy();
  boot.initramfs = { generator: 'dracut', modules: [] };
  const early = loadEarly(boot);
  const own = 'add_drivers+=" vfio "\n';
  const dracut = '/etc/dracut.conf.d/vfio.conf';
  expect(await after('remedy' in early ? early.remedy : null, dracut, own)).toMatch(
    /^add_drivers\+=" vfio "\nforce_drivers\+=" vfio_pci /,
  );
  const [asked] = found('log.unknown-registers', ({ log }) => {
    log.lines = [{ text: 'kvm [1]: vcpu0, guest rIP: 0xf unhandled rdmsr: 0x60d', time: null }];
  });
  const options = 'options kvm_amd nested=1\n';
  expect(await after(asked?.remedy ?? null, '/etc/modprobe.d/kvm.conf', options)).toMatch(
    /^options kvm_amd nested=1\noptions kvm ignore_msrs=1 /,
  );
});

test('initramfs-tools has vfio-pci loaded before the drivers that udev would load first', async () => {
  const { boot } = healthy();
  boot.initramfs = { generator: 'initramfs-tools', modules: [] };
  const early = loadEarly(boot, [], ['nouveau', 'snd_hda_intel', 'a;b']);
  const remedy = 'remedy' in early ? early.remedy : null;
  expect(await after(remedy, '/etc/modprobe.d/vfio.conf', 'options vfio-pci ids=1:2\n')).toBe(
    'options vfio-pci ids=1:2\nsoftdep nouveau pre: vfio-pci\nsoftdep snd_hda_intel pre: vfio-pci\n',
  );
  expect(await after(remedy, '/etc/initramfs-tools/modules', '# mine\n')).toBe(
    '# mine\nvfio_pci\nvfio\nvfio_iommu_type1\n',
  );
});

test('an initramfs loads vfio-pci early, and forgets the module that is gone', async () => {
  const { boot } = healthy();
  boot.initramfs = { generator: 'mkinitcpio', modules: [] };
  const early = loadEarly(boot);
  const text = '# MODULES=(x)\nMODULES=(vfio_virqfd btrfs)\n';
  const now = await after('remedy' in early ? early.remedy : null, '/etc/mkinitcpio.conf', text);
  expect(now).toBe('# MODULES=(x)\nMODULES=(vfio_pci vfio vfio_iommu_type1 vfio_virqfd btrfs)\n');
  const [gone] = found('boot.virqfd', (facts) => {
    facts.kernel.version = [6, 8];
    facts.boot.initramfs = {
      generator: 'mkinitcpio',
      modules: [{ name: 'vfio_virqfd', file: '/etc/mkinitcpio.conf' }],
    };
  });
  expect(await after(gone?.remedy ?? null, '/etc/mkinitcpio.conf', now)).toBe(
    '# MODULES=(x)\nMODULES=(vfio_pci vfio vfio_iommu_type1 btrfs)\n',
  );
});

test.each(['/dev/shm/looking-glass', '/dev/shm/a.b|c+[d]<e>'])(
  'who else makes %s is told no more to, and makes the rest',
  async (path) => {
    const file = '/etc/tmpfiles.d/shm.conf';
    const [result] = found('looking-glass.tmpfiles', ({ service, sharedMemory: [first] }) => {
      if (first !== undefined) first.entry = { ...first.entry, path };
      service.temporaryFiles = [{ file, path }];
    });
    const others = ['# of mine', `f ${path}2 0660 alice kvm -`, `z ${path} 0660`, 'd /run/mine'];
    const own = [`f ${path} 0660 alice kvm -`, ` f+!\t"${path}" 0660`, `F ${path}`];
    const text = [...others, ...own].map((each) => `${each}\n`).join('');
    expect((await after(result?.remedy ?? null, file, text)).trimEnd().split('\n')).toEqual(others);
  },
);
