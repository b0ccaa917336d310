/** Files that anybody's archive may bring along: a line that is sought is found in a time that grows as they do. */
import { expect, test } from 'vitest';
import { originalsIn } from '../../src/doctor/originals.ts';
import type { Run } from '../../src/host/ports.ts';
import { readBoot } from '../../src/system/boot.ts';
import { initramfsOf } from '../../src/system/initramfs.ts';
import { qemuConfFrom } from '../../src/system/qemu-conf.ts';
import { readServiceParts } from '../../src/system/service-parts.ts';
import { xorgDevices } from '../../src/system/xorg.ts';
import { createSysfs } from './sysfs.ts';

/** In a time that grew with their square each would run into the test's own limit. */
const many = 1_000_000;
const blank = '\n'.repeat(many);

const noProgram: Run = { run: () => Promise.reject(new Error('nothing is run here')) };

async function hostWith(files: Record<string, string>) {
  const { host, write } = await createSysfs();
  for (const [path, text] of Object.entries(files)) await write(path, text);
  return host;
}

test.each<[string, () => Promise<unknown>]>([
  ['/etc/default/grub', async () => readBoot(await hostWith({ '/etc/default/grub': blank }))],
  [
    'a line of /etc/default/grub',
    async () => {
      const text = `GRUB_CMDLINE_LINUX=${' '.repeat(many)}x y\n`;
      return readBoot(await hostWith({ '/etc/default/grub': text }));
    },
  ],
  [
    '/etc/mkinitcpio.conf',
    async () => initramfsOf(await hostWith({ '/etc/mkinitcpio.conf': blank })),
  ],
  ['/etc/dracut.conf', async () => initramfsOf(await hostWith({ '/etc/dracut.conf': blank }))],
  ['/etc/X11/xorg.conf', async () => xorgDevices(await hostWith({ '/etc/X11/xorg.conf': blank }))],
  [
    '/etc/systemd/logind.conf',
    async () =>
      readServiceParts({
        ...noProgram,
        ...(await hostWith({ '/etc/systemd/logind.conf': blank })),
      }),
  ],
  [
    '/etc/tmpfiles.d/a.conf',
    async () =>
      readServiceParts({ ...noProgram, ...(await hostWith({ '/etc/tmpfiles.d/a.conf': blank })) }),
  ],
  ['/etc/libvirt/qemu.conf', async () => qemuConfFrom(blank)],
  [
    'an archive',
    async () =>
      originalsIn({
        texts: { '/etc/handglass/handglass.toml': { is: blank } },
        folders: {},
        contents: {},
        libvirts: {},
        links: {},
        realPaths: {},
        facts: {},
        programs: {},
        virsh: {},
      }),
  ],
])('a million blanks in %s are read', async (_where, read) => {
  await expect(read()).resolves.toBeDefined();
});
