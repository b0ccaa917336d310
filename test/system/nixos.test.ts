/** What NixOS has elsewhere than all others. */
import { expect, test } from 'vitest';
import { readKernel } from '../../src/system/kernel.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { qemuConfFrom } from '../../src/system/qemu-conf.ts';
import { readVirtualization } from '../../src/system/virtualization.ts';
import { createSysfs } from './sysfs.ts';

const programs = '/run/current-system/sw/bin';

async function withoutPrograms(command: string): Promise<never> {
  throw Object.assign(new Error(command), { code: 'ENOENT' });
}

test('the modules of the kernel that runs', async () => {
  const { host, write } = await createSysfs();
  const folder = '/run/booted-system/kernel-modules/lib/modules/6.12.48';
  await write('/proc/sys/kernel/osrelease', '6.12.48\n');
  await write('/proc/cmdline', '\n');
  await write('/sys/module/kvm/initstate', 'live\n');
  await write(`${folder}/modules.builtin`, 'kernel/drivers/input/misc/uinput.ko\n');
  await write(`${folder}/modules.dep`, 'kernel/drivers/vfio/pci/vfio-pci.ko.xz:\n');
  const { modules } = await readKernel(host, ['vfio_pci', 'kvm', 'uinput', 'kvmfr']);
  expect(modules).toEqual({
    vfio_pci: 'loadable',
    kvm: 'loaded',
    uinput: 'built-in',
    kvmfr: 'absent',
  });
});

test('the settings of libvirt, the firmware for guests and the client of Looking Glass', async () => {
  const { host, write } = await createSysfs();
  await write('/var/lib/libvirt/qemu.conf', 'user = "qemu-libvirtd"\nnamespaces = []\n');
  await write('/var/lib/qemu/firmware/60.json', '{ "interface-types": ["uefi"] }');
  await write(`${programs}/looking-glass-client`, '');
  expect(await readVirtualization({ ...host, run: withoutPrograms })).toMatchObject({
    qemuConf: { user: 'qemu-libvirtd' },
    firmware: [{ file: '/var/lib/qemu/firmware/60.json', isUefi: true }],
    lookingGlassClient: `${programs}/looking-glass-client`,
    unread: {},
  });
});

test.each([
  ['"/run/libvirt/nix-ovmf/OVMF_CODE.fd:/run/libvirt/nix-ovmf/OVMF_VARS.fd"', false],
  ['"/run/libvirt/nix-ovmf/a:/run/libvirt/nix-ovmf/b", "/home/alice/a:/home/alice/b"', true],
])('its own list of firmware hides none: %s', (list, listsFirmware) => {
  expect(qemuConfFrom(`nvram = [ ${list} ]\n`)).toMatchObject({ listsFirmware });
});

test('the program that takes a device from its driver', async () => {
  const { host, write } = await createSysfs();
  await write(`${programs}/virsh`, '');
  expect((await surveyPci(host)).takers).toEqual(['virsh']);
});
