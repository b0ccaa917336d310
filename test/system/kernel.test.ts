import { describe, expect, test } from 'vitest';
import { readKernel } from '../../src/system/kernel.ts';
import { kernelParameters, meaningOf } from '../../src/system/kernel-parameters.ts';
import { createSysfs, failing } from './sysfs.ts';

const names = ['vfio_pci', 'kvm', 'uinput', 'kvmfr'];

async function kernel() {
  const sysfs = await createSysfs();
  const { write } = sysfs;
  await write('/proc/sys/kernel/osrelease', '6.1.0-18-amd64\n');
  await write('/proc/cmdline', 'root=/dev/sda2 vfio-pci.ids=10de:2684 quiet\n');
  await write(
    '/lib/modules/6.1.0-18-amd64/modules.builtin',
    'kernel/drivers/input/misc/uinput.ko\n',
  );
  await write(
    '/lib/modules/6.1.0-18-amd64/modules.dep',
    'kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/drivers/vfio/vfio.ko.xz\nkernel/drivers/vfio/vfio.ko.xz:\nkernel/virt/kvm.ko:\n',
  );
  await write('/sys/module/kvm/initstate', 'live\n');
  await write(
    '/etc/modprobe.d/vfio.conf',
    '# mine\noptions vfio-pci ids=1002:73bf \\\n  disable_vga=1\nsoftdep nvidia pre: vfio-pci\n',
  );
  await write('/usr/lib/modprobe.d/vfio.conf', 'options vfio-pci ids=dead:beef\n');
  await write('/usr/lib/modprobe.d/list.conf', 'blacklist nouveau\n');
  return sysfs;
}

test('a kernel is read with its parameters, modules and their rules', async () => {
  const { host } = await kernel();
  expect(await readKernel(host, names)).toEqual({
    release: '6.1.0-18-amd64',
    version: [6, 1],
    parameters: [
      { text: 'root=/dev/sda2', name: 'root', value: '/dev/sda2' },
      { text: 'vfio-pci.ids=10de:2684', name: 'vfio_pci.ids', value: '10de:2684' },
      { text: 'quiet', name: 'quiet', value: null },
    ],
    modules: { vfio_pci: 'loadable', kvm: 'loaded', uinput: 'built-in', kvmfr: 'absent' },
    moduleRules: [
      {
        file: '/etc/modprobe.d/vfio.conf',
        kind: 'options',
        module: 'vfio_pci',
        text: 'ids=1002:73bf    disable_vga=1',
      },
      {
        file: '/etc/modprobe.d/vfio.conf',
        kind: 'softdep',
        module: 'nvidia',
        text: 'pre: vfio-pci',
      },
      { file: '/usr/lib/modprobe.d/list.conf', kind: 'blacklist', module: 'nouveau', text: '' },
    ],
    unread: {},
  });
});

test('a module is not told as absent while a list of modules cannot be read', async () => {
  const { host } = await kernel();
  const { modules, unread } = await readKernel(failing(host, 'modules.dep', 'ENOENT'), names);
  expect(modules).toEqual({ vfio_pci: null, kvm: 'loaded', uinput: 'built-in', kvmfr: null });
  expect(unread['modules']).toContain('there is no /lib/modules/6.1.0-18-amd64/modules.dep');
});

describe('a command line', () => {
  test.each([
    ['a "b c" d="e f"', ['a', '"b c"', 'd="e f"']],
    ['root=/dev/sda2 -- single', ['root=/dev/sda2']],
    ['  ', []],
    ['a="never ends', ['a="never ends']],
  ])('%s is split as the kernel does', (line, words) => {
    expect(kernelParameters(line).map(({ text }) => text)).toEqual(words);
  });

  test.each([
    ['iommu=pt', /pass the IOMMU by/],
    ['intel_iommu=on,igfx_off', /^Intel's IOMMU is on\. The processor's own graphics/],
    ['kvm-amd.npt=0', /nested page tables/],
    ['video=efifb:off', /screen is left alone/],
    ['iommu=pt2', null],
    ['intel_iommu=pt', null],
    ['constructor', null],
    ['quiet', null],
  ])('%s means %s', (text, meaning) => {
    const [parameter] = kernelParameters(text);
    const told = parameter === undefined ? null : meaningOf(parameter);
    if (meaning === null) expect(told).toBeNull();
    else expect(told).toMatch(meaning);
  });
});
