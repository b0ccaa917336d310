import { expect, test } from 'vitest';
import { readIommu } from '../../src/system/iommu.ts';
import { createSysfs, failing } from './sysfs.ts';

test('a machine that says nothing has it off, and what could not be read is told', async () => {
  const { host } = await createSysfs();
  expect(await readIommu(host)).toEqual({
    isOn: false,
    kind: null,
    units: [],
    interruptRemapping: null,
    unsafeInterrupts: null,
    firmwareTables: null,
    parameters: null,
    groups: [],
    unsafeGroups: [],
    unread: {
      interruptRemapping: 'no such file or directory',
      firmwareTables: 'no such file or directory',
      parameters: 'no such file or directory',
    },
  });
});

test.each([
  ['dmar0', '../../devices/virtual/iommu/dmar0', 'intel'],
  ['ivhd0', '../../devices/pci0000:00/0000:00:00.2/iommu/ivhd0', 'amd'],
  ['smmu3.0x0000000009050000', '../../devices/platform/x/iommu/smmu3', 'arm-smmu'],
  ['virtio5', '../../devices/pci0000:00/0000:00:09.0/virtio5/iommu/virtio5', 'virtio'],
  ['0000:00:09.0', '../../devices/pci0000:00/0000:00:09.0/virtio5/iommu/0000:00:09.0', 'virtio'],
  ['unheard.of', '../../devices/platform/y/iommu/unheard.of', 'other'],
])('%s is a unit of kind %s', async (unit, place, kind) => {
  const { host, link } = await createSysfs();
  await link(place, `/sys/class/iommu/${unit}`);
  expect(await readIommu(host)).toMatchObject({ isOn: true, kind, units: [unit] });
});

test.each([
  [' 24:  1  IR-PCI-MSI 376832-edge  nvme0q0\n', true],
  [' 24:  1  IR-PCI-MSIX-0000:01:00.0  0-edge  nvme0q0\n', true],
  ['  1:  1  IR-IO-APIC   1-edge  i8042\n 16:  0  DMAR-MSI 0-edge dmar0\n', true],
  ['  1:  1  IO-APIC   1-edge  i8042\n 24: 1 PCI-MSI 376832-edge nvme0q0\n', false],
  [' 11:  1  GICv3 27 Level arch_timer\n', null],
  ['', null],
])('%j says that interrupts are remapped: %s', async (interrupts, remapped) => {
  const { host, write } = await createSysfs();
  await write('/proc/interrupts', interrupts);
  const { interruptRemapping, unread } = await readIommu(host);
  expect(interruptRemapping).toBe(remapped);
  expect(unread['interruptRemapping'] !== undefined).toBe(remapped === null);
});

test('groups are told by number, with their types and what is in them, on PCI or not', async () => {
  const { host, write, link } = await createSysfs();
  await link('../../../../devices/a', '/sys/kernel/iommu_groups/10/devices/0000:00:02.0');
  await link('../../../../devices/b', '/sys/kernel/iommu_groups/2/devices/107c580000.hvs');
  await write('/sys/kernel/iommu_groups/2/type', 'identity\n');
  await write('/sys/kernel/iommu_groups/odd', '');
  expect((await readIommu(host)).groups).toEqual([
    { number: 2, type: 'identity', devices: ['107c580000.hvs'], unread: {} },
    { number: 10, type: null, devices: ['0000:00:02.0'], unread: {} },
  ]);
});

test.each([
  { what: 'nothing else tells of it', units: [], isOn: false },
  { what: 'a unit is there', units: ['dmar0'], isOn: true },
])('groups that VFIO has made tell of no IOMMU: $what', async ({ units, isOn }) => {
  const { host, write, link } = await createSysfs();
  const folder = '/sys/kernel/iommu_groups';
  for (const unit of units)
    await link(`../../devices/virtual/iommu/${unit}`, `/sys/class/iommu/${unit}`);
  const members = ['0000:06:00.0', '83b8f4f2-509f-382f-3c1e-e6bfe0fa1001'];
  for (const [number, device] of members.entries()) {
    await write(`${folder}/${number}/name`, 'vfio-noiommu\n');
    await write(`${folder}/${number}/type`, 'unknown\n');
    await link(`../../../../devices/${device}`, `${folder}/${number}/devices/${device}`);
  }
  // Behind a virtual device is none either, and guests take it.
  expect(await readIommu(host)).toMatchObject({
    isOn,
    groups: [{ number: 1, devices: [members[1]] }],
    unsafeGroups: [{ number: 0, devices: [members[0]], unread: {} }],
  });
});

test('of the firmware and the command line it tells what decides', async () => {
  const { host, write } = await createSysfs();
  for (const name of ['APIC', 'DMAR', 'IVRS1', 'DMARX'])
    await write(`/sys/firmware/acpi/tables/${name}`, '');
  await write('/proc/cmdline', 'root=/dev/sda1 intel_iommu=on iommu=pt vfio-pci.ids=1:2 quiet\n');
  await write('/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts', 'Y\n');
  expect(await readIommu(host)).toMatchObject({
    firmwareTables: ['DMAR', 'IVRS1'],
    parameters: ['intel_iommu=on', 'iommu=pt', 'vfio-pci.ids=1:2'],
    unsafeInterrupts: true,
  });
});

test('a type that cannot be read is not told as none', async () => {
  const { host, write } = await createSysfs();
  await write('/sys/kernel/iommu_groups/2/type', 'DMA\n');
  const [group] = (await readIommu(failing(host, '/type', 'EACCES'))).groups;
  expect(group).toMatchObject({ type: null, unread: { type: 'permission denied' } });
});

test('without the folder of groups nobody knows whether it is on', async () => {
  const { host } = await createSysfs();
  const listFolder = async (path: string) => {
    if (path.endsWith('iommu_groups')) throw Object.assign(new Error('no'), { code: 'EACCES' });
    return host.listFolder(path);
  };
  expect(await readIommu({ ...host, listFolder })).toMatchObject({
    isOn: null,
    unread: { groups: 'permission denied' },
  });
});

test.each([
  ['/proc/cmdline', 'quiet vfio_iommu_type1.allow_unsafe_interrupts=1\n', true],
  ['/proc/cmdline', 'vfio-iommu-type1.allow_unsafe_interrupts\n', true],
  ['/proc/cmdline', 'vfio_iommu_type1.allow_unsafe_interrupts=0\n', null],
  ['/etc/modprobe.d/a.conf', 'options vfio-iommu-type1 x=1 allow_unsafe_interrupts=Y\n', true],
  ['/etc/modprobe.d/a.conf', '#options vfio_iommu_type1 allow_unsafe_interrupts=1\n', null],
  ['/etc/modprobe.d/a.conf', 'options vfio_pci allow_unsafe_interrupts=1\n', null],
])('what VFIO is told once it is loaded: %s with %j', async (path, text, unsafeInterrupts) => {
  const { host, write } = await createSysfs();
  await write(path, text);
  expect(await readIommu(host)).toMatchObject({ unsafeInterrupts });
});
