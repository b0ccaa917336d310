/** Kernels that were told wrong things, and what the doctor's commands make of their command lines. */
import { expect, test, vi } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { output } from '../lab/shell.ts';
import {
  allowSudo,
  type Breakage,
  define,
  lookedAt,
  mend,
  resultOf,
  unwellOf,
  withLab,
} from './in-lab.ts';

// Three boots and a reset.
vi.setConfig({ testTimeout: 1_200_000 });

const variable = 'GRUB_CMDLINE_LINUX_DEFAULT';
const ids = '8086:10d3';

type Wrong = Omit<Breakage, 'broken'> & { isWarning?: true };

/** Boots with these words, has the command for each breakage printed and run, and gives the new words. */
async function mendedWords(
  words: readonly string[],
  breakages: readonly Wrong[],
  { pending = [], use }: { pending?: string[]; use?: (lab: Lab) => Promise<void> } = {},
): Promise<string[]> {
  return withLab({ boot: 'bare', kernelOptions: words.join(' ') }, async (lab) => {
    await allowSudo(lab);
    // Of GRUB no more than what the commands are for: QEMU takes the line from us.
    const before = ['quiet', ...words, ...pending].join(' ');
    await output(
      lab,
      `echo '${variable}="${before}"' >/etc/default/grub
       printf '#!/bin/sh\n' >/usr/sbin/update-grub && chmod 755 /usr/sbin/update-grub`,
    );
    await use?.(lab);
    const found = await lookedAt(lab);
    for (const each of breakages) {
      const result = resultOf(found, { ...each, broken: '' });
      expect(result, `${each.id} ${each.about ?? ''}: ${result?.advice}`).toMatchObject({
        verdict: each.isWarning === true ? 'warning' : 'problem',
        remedy: expect.any(String) as string,
      });
      expect(await mend(lab, result, { ...each, broken: '' })).toBe('');
    }
    const text = await output(lab, `grep ${variable} /etc/default/grub`);
    const line = /="(.*)"$/.exec(text)?.[1] ?? '';
    const after = line.trim().split(/\s+/);
    expect(after).toContain('quiet');
    return after.filter((word) => word !== 'quiet');
  });
}

const libvirtOnIommu = (lab: Lab) => output(lab, 'virt-host-validate qemu | grep IOMMU');

test('every wrong word is found, and gone with the next start', async () => {
  const first: Wrong[] = [
    { id: 'iommu.on' },
    { id: 'kernel.ignored-parameter', about: 'iommu_pt' },
    { id: 'kernel.ignored-parameter', about: `vfio-pci.id=${ids}` },
    { id: 'kernel.huge-page-order' },
    { id: 'kernel.acs-override', isWarning: true },
    { id: 'kernel.parameters-pending', isWarning: true },
    { id: 'kernel.parameters-lost', isWarning: true },
  ];
  const wrong = `intel_iommu=off iommu_pt vfio-pci.id=${ids} hugepages=4 hugepagesz=2M pcie_acs_override=downstream`;
  const saidOfIommu: string[] = [];
  const better = await mendedWords(wrong.split(' '), first, {
    pending: ['vfio-pci.disable_idle_d3=1'],
    async use(lab) {
      await define(lab, 'grouped', { devices: ['00:1f.3'] });
      expect((await lab.sh('virsh start grouped')).stderr).toContain(
        "host doesn't support passthrough of host PCI devices",
      );
      saidOfIommu.push(await libvirtOnIommu(lab));
    },
  });
  expect(better.toSorted()).toEqual(
    `intel_iommu=on iommu=pt hugepagesz=2M hugepages=4 vfio-pci.ids=${ids} vfio-pci.disable_idle_d3=1`
      .split(' ')
      .toSorted(),
  );

  const second: Wrong[] = [{ id: 'iommu.interrupts' }];
  const worse = ['intremap=off'];
  const best = await mendedWords([...better, ...worse], second);
  expect(best.toSorted()).toEqual(better.toSorted());

  await withLab({ boot: 'bare', kernelOptions: best.join(' ') }, async (lab) => {
    await allowSudo(lab);
    const found = await lookedAt(lab);
    saidOfIommu.push(await libvirtOnIommu(lab));
    // Libvirt's own tool says the same of both: what the doctor says comes from elsewhere.
    expect(new Set(saidOfIommu).size).toBe(1);
    // The menu of a boot loader is not there to be read.
    const mended = [{ id: 'iommu.firmware' }, ...first, ...second].filter(
      ({ id }) => id !== 'kernel.parameters-lost',
    );
    expect(mended.flatMap((each) => unwellOf(found, { ...each, broken: '' }))).toEqual([]);
    const well = found.filter(({ verdict }) => verdict === 'ok').map(({ id }) => id);
    expect(well).toEqual(
      expect.arrayContaining(['iommu.on', 'iommu.interrupts', 'kernel.huge-page-order']),
    );

    // The driver came before vfio-pci did, which the initramfs is to change; this one's is not Debian's.
    const setAside = { id: 'kernel.vfio-ids', about: ids, broken: '' };
    const result = resultOf(found, setAside);
    expect(result).toMatchObject({ verdict: 'problem' });
    await output(
      lab,
      `printf '#!/bin/sh\n' >/usr/sbin/update-initramfs && chmod 755 /usr/sbin/update-initramfs`,
    );
    expect(await mend(lab, result, setAside)).toBe('');
    await lab.reboot();
    expect(unwellOf(await lookedAt(lab), setAside)).toEqual([]);
    expect(await output(lab, 'readlink /sys/bus/pci/devices/0000:02:00.0/driver')).toMatch(
      /vfio-pci$/,
    );
  });
});
