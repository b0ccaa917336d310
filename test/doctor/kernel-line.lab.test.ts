/** A kernel that was told a wrong thing, and what the doctor's command makes of its command line. */
import { expect, test } from 'vitest';
import { output } from '../lab/shell.ts';
import { allowSudo, define, lookedAt, mend, resultOf, withLab } from './in-lab.ts';

const off = 'intel_iommu=off';
const line = 'GRUB_CMDLINE_LINUX_DEFAULT';
const breakage = { id: 'iommu.on', broken: '' };

test('a kernel that is told to leave the IOMMU off', async () => {
  const words = await withLab({ boot: 'bare', kernelOptions: off }, async (lab) => {
    await allowSudo(lab);
    // Of GRUB no more than what the remedy is for: QEMU takes the line from us.
    await output(
      lab,
      `echo '${line}="quiet ${off} nosplash"' >/etc/default/grub
       printf '#!/bin/sh\n' >/usr/sbin/update-grub && chmod 755 /usr/sbin/update-grub`,
    );
    await define(lab, 'grouped', { devices: ['00:1f.3'] });
    expect((await lab.sh('virsh start grouped')).stderr).toContain(
      "host doesn't support passthrough of host PCI devices",
    );
    const result = resultOf(await lookedAt(lab), breakage);
    expect(result).toMatchObject({ verdict: 'problem' });
    await mend(lab, result, breakage);
    return /^\w+="(.*)"$/.exec(await output(lab, `grep ${line} /etc/default/grub`))?.[1];
  });
  expect(words?.split(/\s+/)).toEqual(['quiet', 'nosplash']);
  await withLab({ boot: 'bare', kernelOptions: words ?? '' }, async (lab) => {
    expect(resultOf(await lookedAt(lab), breakage)).toMatchObject({ verdict: 'ok' });
  });
});
