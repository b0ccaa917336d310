/** What the doctor finds on a machine that is broken for real, and whether its remedies mend it. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DoctorReport, Result } from '../../src/doctor/report.ts';
import { nodeCommand, product } from '../lab/guest/input/programs.ts';
import { bootLab, type Lab, type LabOptions } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';

const handglass = [...nodeCommand, `${product}/src/build/handglass.js`].join(' ');

async function results(lab: Lab, id: string, about = ''): Promise<Result[]> {
  const { stdout } = await lab.sh(`${handglass} doctor --json`);
  const { subjects } = JSON.parse(stdout) as DoctorReport;
  return subjects
    .flatMap((subject) => subject.results)
    .filter((result) => result.id === id && result.about.includes(about));
}

const verdicts = async (lab: Lab, id: string, about?: string) =>
  (await results(lab, id, about)).map(({ verdict }) => verdict);

/** The command of the only result, which is a problem. */
async function remedyFor(lab: Lab, id: string, about?: string): Promise<string> {
  const found = await results(lab, id, about);
  expect(found).toMatchObject([{ verdict: 'problem', remedy: expect.any(String) as string }]);
  return found[0]?.remedy ?? '';
}

/** Commands are printed for a user; inside everything runs as root. */
async function allowSudo(lab: Lab): Promise<void> {
  const sudo = '/usr/local/bin/sudo';
  await output(lab, `printf '#!/bin/sh\nexec "$@"\n' >${sudo} && chmod 755 ${sudo}`);
}

/** A domain that is to have the SMBus, which shares its group with other functions of its chip. */
async function defineGrouped(lab: Lab): Promise<void> {
  const address = "<address domain='0' bus='0' slot='0x1f' function='3'/>";
  const hostdev = `<hostdev mode='subsystem' type='pci' managed='yes'><source>${address}</source></hostdev>`;
  await output(
    lab,
    `sed "s/win10/grouped/; /<uuid>/d; /<interface/d; /<shmem/d; s#</devices>#${hostdev}&#" \
      ${product}/test/lab/guest/win10.xml >/tmp/grouped.xml && virsh define /tmp/grouped.xml`,
  );
}

describe('a machine that is broken while it runs', () => {
  let lab: Lab;
  const sh = (script: string) => output(lab, script);

  beforeAll(async () => {
    lab = await bootLab({ boot: 'systemd' });
    await allowSudo(lab);
  });

  afterAll(() => lab.end());

  /** Breaks it, has it mended by what the doctor prints, and looks again. */
  async function expectMended(id: string, broken: string, about?: string): Promise<void> {
    expect(await verdicts(lab, id, about)).toEqual(['ok']);
    await sh(broken);
    await sh(await remedyFor(lab, id, about));
    expect(await verdicts(lab, id, about)).toEqual(['ok']);
  }

  test('shared memory that belongs to somebody else', async () => {
    await expectMended('looking-glass.owner', 'chown nobody /dev/shm/looking-glass');
  });

  test('the service tells of it too, until it is mended', async () => {
    await sh('chmod 600 /dev/shm/looking-glass');
    await until(lab, `handglass status --json | grep -q 'its mode is 0600'`);
    await sh(await remedyFor(lab, 'looking-glass.rights'));
    await until(lab, `handglass status --json | grep -q '"problems":\\[\\]'`);
  });

  test('a list of devices for domains that lacks some', async () => {
    await expectMended(
      'libvirt.device-acl',
      `printf 'cgroup_device_acl = [\n  "/dev/null", "/dev/vfio/vfio",\n]\n' >>/etc/libvirt/qemu.conf`,
    );
    await until(lab, 'virsh list');
    expect(await sh("grep '^cgroup_device_acl' /etc/libvirt/qemu.conf")).toContain(
      '"/dev/vfio/vfio"',
    );
  });

  test('a device of the host in the group of one that a domain is to have', async () => {
    await defineGrouped(lab);
    onTestFinished(async () => {
      await sh(`virsh undefine grouped
        for device in pci_0000_00_1f_0 pci_0000_00_1f_2; do virsh nodedev-reattach $device || true; done`);
    });
    expect((await lab.sh('virsh start grouped')).stderr).toMatch(/group \d+ is not viable/);
    await sh(await remedyFor(lab, 'domain.group', 'grouped'));
    expect(await verdicts(lab, 'domain.group', 'grouped')).toEqual(['ok']);
    await sh('virsh start grouped && virsh destroy grouped');
  });

  test('a kernel without vfio-pci, which no command brings', async () => {
    const modules = '/lib/modules/$(uname -r)';
    const hidden = '/root/vfio-pci.ko';
    await sh(`modprobe --remove vfio_pci || true
      mv ${modules}/kernel/drivers/vfio/pci/vfio-pci.ko ${hidden} && depmod`);
    const [found] = await results(lab, 'kernel.vfio-pci');
    expect(found).toMatchObject({
      verdict: 'problem',
      advice: expect.stringMatching(/start the machine anew/) as string,
    });
    await sh(`mv ${hidden} ${modules}/kernel/drivers/vfio/pci/ && depmod`);
    expect(await verdicts(lab, 'kernel.vfio-pci')).toEqual(['ok']);
  });
});

test('a kernel that is told to leave the IOMMU off', async () => {
  const off = 'intel_iommu=off';
  const line = 'GRUB_CMDLINE_LINUX_DEFAULT';
  const words = await withLab({ boot: 'bare', kernelOptions: off }, async (lab) => {
    await allowSudo(lab);
    // Of GRUB no more than what the remedy is for: QEMU takes the line from us.
    await output(
      lab,
      `echo '${line}="quiet ${off} nosplash"' >/etc/default/grub
       printf '#!/bin/sh\n' >/usr/sbin/update-grub && chmod 755 /usr/sbin/update-grub`,
    );
    await defineGrouped(lab);
    expect((await lab.sh('virsh start grouped')).stderr).toContain(
      "host doesn't support passthrough of host PCI devices",
    );
    await output(lab, await remedyFor(lab, 'iommu.on'));
    return /^\w+="(.*)"$/.exec(await output(lab, `grep ${line} /etc/default/grub`))?.[1];
  });
  expect(words?.split(/\s+/)).toEqual(['quiet', 'nosplash']);
  await withLab({ boot: 'bare', kernelOptions: words ?? '' }, async (lab) => {
    expect(await verdicts(lab, 'iommu.on')).toEqual(['ok']);
  });
});

async function withLab<T>(options: LabOptions, use: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await bootLab(options);
  try {
    return await use(lab);
  } finally {
    await lab.end();
  }
}
