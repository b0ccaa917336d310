import { describe, expect, test } from 'vitest';
import { readBoot } from '../../src/system/boot.ts';
import { createSysfs } from './sysfs.ts';

const efivars = '/sys/firmware/efi/efivars';
const secureBoot = `${efivars}/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c`;
const loaderInfo = `${efivars}/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f`;

async function bootOf(files: Record<string, string>) {
  const { host, write } = await createSysfs();
  await write('/etc/os-release', 'NAME="A"\nID=debian\n');
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return readBoot(host);
}

test('a Debian with GRUB by UEFI', async () => {
  const boot = await bootOf({
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    [secureBoot]: '\u0006\0\0\0\u0001',
    '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
    '/boot/grub/grub.cfg': '',
    '/usr/sbin/update-grub': '',
    '/etc/default/grub': `GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt"\nGRUB_CMDLINE_LINUX=''\n`,
    '/etc/initramfs-tools/modules': '# none\nvfio-pci ids=10de:2684\nvfio\n',
  });
  expect(boot).toEqual({
    distribution: {
      id: 'debian',
      family: ['debian'],
      name: 'Debian GNU/Linux 12 (bookworm)',
      version: '12',
    },
    systemTool: 'packages',
    container: '',
    firmware: 'efi',
    secureBoot: true,
    lockdown: 'integrity',
    loader: 'grub',
    lineTool: 'update-grub',
    nextLine: [
      {
        file: '/etc/default/grub',
        variable: 'GRUB_CMDLINE_LINUX_DEFAULT',
        isQuoted: true,
        parameters: [
          { text: 'quiet', name: 'quiet', value: null },
          { text: 'iommu=pt', name: 'iommu', value: 'pt' },
        ],
      },
      {
        file: '/etc/default/grub',
        variable: 'GRUB_CMDLINE_LINUX',
        isQuoted: true,
        parameters: [],
      },
    ],
    initramfs: {
      generator: 'initramfs-tools',
      modules: [
        { name: 'vfio_pci', file: '/etc/initramfs-tools/modules' },
        { name: 'vfio', file: '/etc/initramfs-tools/modules' },
      ],
    },
    hasDefaultsFolder: false,
    unread: {},
  });
});

test("words in Debian's folder of parts are kept as well as those in the file", async () => {
  const { nextLine } = await bootOf({
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX="quiet"\n',
    '/etc/default/grub.d/vfio.cfg':
      'GRUB_CMDLINE_LINUX_DEFAULT="$GRUB_CMDLINE_LINUX_DEFAULT iommu=pt"\n',
    '/etc/default/grub.d/README': 'GRUB_CMDLINE_LINUX="no"\n',
  });
  const kept = nextLine?.map(({ file, parameters }) => [file, parameters.at(-1)?.text]);
  expect(kept).toEqual([
    ['/etc/default/grub', 'quiet'],
    ['/etc/default/grub.d/vfio.cfg', 'iommu=pt'],
  ]);
});

const microos = {
  '/etc/os-release': 'ID="opensuse-microos"\nID_LIKE="suse opensuse opensuse-tumbleweed microos"\n',
  '/usr/sbin/transactional-update': '',
  '/usr/sbin/grub2-mkconfig': '',
};
const entries = { '/usr/bin/sdbootutil': '', '/etc/kernel/cmdline': 'root=/dev/sda2 quiet\n' };
const grub = { '/usr/bin/update-grub': '', '/etc/default/grub': '' };

test.each([
  ['a NixOS', { '/etc/os-release': 'ID=nixos\n' }, 'nixos-rebuild'],
  ['an ostree', { '/run/ostree-booted': '', '/usr/bin/rpm-ostree': '' }, 'rpm-ostree'],
  [
    'an ostree that an image is for too',
    { '/run/ostree-booted': '', '/usr/bin/rpm-ostree': '', '/usr/bin/bootc': '' },
    'rpm-ostree',
  ],
  ['an image of bootc', { '/run/ostree-booted': '', '/usr/bin/bootc': '' }, 'bootc'],
  ['a Fedora that has bootc for others', { '/usr/bin/bootc': '' }, 'packages'],
  ['a MicroOS', microos, 'transactional-update'],
  [
    'a Tumbleweed that has the program',
    { '/usr/sbin/transactional-update': '', '/etc/os-release': 'ID="opensuse-tumbleweed"\n' },
    'packages',
  ],
  ['a Vanilla OS', { '/usr/bin/abroot': '', '/etc/os-release': 'ID=vanilla\n' }, 'abroot'],
  ...['steamos', 'ubuntu-core', 'chromeos', 'guix'].map((id) => [
    `a ${id}`,
    { '/etc/os-release': `ID=${id}\n` },
    'unknown',
  ]),
] as [string, Record<string, string>, string][])(
  'the system files of %s are changed by its own tool',
  async (_what, files, systemTool) => {
    expect(await bootOf(files)).toMatchObject({ systemTool });
  },
);

test('what only GRUB reads is nothing to entries that stand for themselves', async () => {
  const { nextLine } = await bootOf({
    ...microos,
    ...entries,
    '/etc/default/grub': 'GRUB_CMDLINE_LINUX="iommu=pt"\n',
  });
  expect(nextLine?.map(({ file }) => file)).toEqual(['/etc/kernel/cmdline']);
});

test('parts of the line of entries that stand for themselves are read, one in /etc in place of its namesake', async () => {
  const { nextLine } = await bootOf({
    ...microos,
    ...entries,
    '/usr/kernel/cmdline.d/10-a.conf': 'iommu=pt\n',
    '/usr/kernel/cmdline.d/20-b.conf': 'intel_iommu=off\n',
    '/etc/kernel/cmdline.d/20-b.conf': '# for guests\nintel_iommu=on\nhugepages=64\n',
    '/etc/kernel/cmdline.d/.30-c.conf.swp': 'amd_iommu=off\n',
  });
  const kept = nextLine?.map(({ file, parameters }) => [
    file,
    parameters.map(({ text }) => text).join(' '),
  ]);
  expect(kept).toEqual([
    ['/etc/kernel/cmdline', 'root=/dev/sda2 quiet'],
    ['/usr/kernel/cmdline.d/10-a.conf', 'iommu=pt'],
    ['/etc/kernel/cmdline.d/20-b.conf', 'intel_iommu=on hugepages=64'],
  ]);
});

test('parts of the line are nothing to other tools', async () => {
  const { nextLine } = await bootOf({ ...grub, '/etc/kernel/cmdline.d/a.conf': 'iommu=pt\n' });
  expect(nextLine).toEqual([]);
});

describe('other machines', () => {
  test.each([
    [
      'an ostree',
      { '/run/ostree-booted': '', '/usr/bin/rpm-ostree': '', '/usr/sbin/grubby': '' },
      'rpm-ostree',
    ],
    [
      'an image of bootc',
      { '/run/ostree-booted': '', '/usr/bin/bootc': '', '/usr/sbin/grubby': '' },
      'bootc',
    ],
    ['an ostree of another kind', { '/run/ostree-booted': '', '/usr/sbin/grubby': '' }, 'unknown'],
    ['a Vanilla OS', { '/usr/bin/abroot': '', '/usr/sbin/update-grub': '' }, 'abroot'],
    ['a MicroOS with GRUB', microos, 'transactional-update'],
    ['a MicroOS whose entries stand for themselves', { ...microos, ...entries }, 'sdbootutil'],
    [
      'a Tumbleweed whose entries stand for themselves',
      {
        ...entries,
        '/etc/os-release': 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
        '/usr/sbin/grub2-mkconfig': '',
      },
      'sdbootutil',
    ],
    ['a SteamOS', { '/etc/os-release': 'ID=steamos\nID_LIKE=arch\n', ...grub }, 'update-grub'],
    ['an Ubuntu Core', { '/etc/os-release': 'ID=ubuntu-core\n', ...grub }, 'unknown'],
    ['a Fedora', { '/usr/sbin/grubby': '', '/etc/default/grub': '' }, 'grubby'],
    [
      'an Arch with GRUB',
      { '/boot/grub/grub.cfg': '', '/usr/bin/grub-mkconfig': '' },
      'grub-mkconfig',
    ],
    [
      'an Arch with systemd-boot that has GRUB too',
      { '/boot/loader/loader.conf': '', '/usr/bin/grub-mkconfig': '' },
      'entries',
    ],
    [
      'an Ubuntu with rEFInd that has GRUB too',
      { '/boot/refind_linux.conf': '', '/usr/sbin/update-grub': '', '/boot/grub/grub.cfg': '' },
      'unknown',
    ],
    ['a Pop!_OS', { '/usr/bin/kernelstub': '', '/boot/loader/loader.conf': '' }, 'kernelstub'],
    ['a NixOS', { '/etc/os-release': 'ID=nixos\n' }, 'nixos'],
    ['one of which nothing is known', {}, 'unknown'],
  ] as [string, Record<string, string>, string][])(
    '%s changes its command line its own way',
    async (_what, files, lineTool) => {
      expect(await bootOf(files)).toMatchObject({ lineTool });
    },
  );

  test.each([
    [{ [loaderInfo]: Array.from('systemd-boot 254').join('\0') }, 'systemd-boot'],
    [{ '/boot/refind_linux.conf': '' }, 'refind'],
    [{ [loaderInfo]: Array.from('rEFInd 0.14.0').join('\0'), '/boot/grub/grub.cfg': '' }, 'refind'],
    [{ '/boot/grub2/grubenv': '' }, 'grub'],
    [{}, 'unknown'],
  ] as [Record<string, string>, string][])('the loader by %j is %s', async (files, loader) => {
    expect(await bootOf(files)).toMatchObject({ loader });
  });

  test.each([
    ['mkinitcpio', { '/etc/mkinitcpio.conf': '# MODULES=(old)\nMODULES=(vfio_pci vfio)\n' }],
    [
      'dracut',
      {
        '/usr/lib/dracut/x': '',
        '/etc/dracut.conf.d/v.conf': 'force_drivers+=" vfio-pci vfio "\n',
      },
    ],
  ] as [string, Record<string, string>][])(
    '%s names modules its own way',
    async (generator, files) => {
      const { initramfs } = await bootOf(files);
      expect(initramfs?.generator).toBe(generator);
      expect(initramfs?.modules.map(({ name }) => name)).toEqual(['vfio_pci', 'vfio']);
    },
  );

  test('a BIOS has no Secure Boot', async () => {
    const boot = await bootOf({ '/sys/firmware/acpi/tables/APIC': '' });
    expect(boot).toMatchObject({ firmware: 'bios', secureBoot: false });
  });

  test.each([
    ['a container', { '/.dockerenv': '', '/sys/firmware/acpi/tables/APIC': '' }],
    ['an empty folder', {}],
  ] as [string, Record<string, string>][])(
    '%s shows neither the firmware nor its Secure Boot',
    async (_what, files) => {
      const { firmware, secureBoot, unread } = await bootOf(files);
      expect([firmware, secureBoot]).toEqual([null, null]);
      expect(unread['secureBoot']).toBe('the firmware is not shown here');
    },
  );

  test('a Secure Boot that says something else is not told as off', async () => {
    const boot = await bootOf({ [secureBoot]: '\u0006\0\0\0\u0007' });
    expect(boot.secureBoot).toBeNull();
    expect(boot.unread['secureBoot']).toContain('unexpected');
  });
});
