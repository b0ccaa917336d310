/** What the doctor finds on a machine that is broken for real, and whether its remedies mend it. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Result } from '../../src/doctor/report.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import {
  allowSudo,
  type Breakage,
  breakAndMend,
  define,
  lookedAt,
  mend,
  resultOf,
  unwellOf,
} from './in-lab.ts';

const qemuConf = '/etc/libvirt/qemu.conf';
const configuration = '/etc/handglass/handglass.toml';
const unsafe = '/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts';
const modules = '/lib/modules/$(uname -r)';

/** Takes a device of the host out of a domain. */
const withoutDevice = (bus: string, slot: string) =>
  `/<hostdev/{\n:more\nN\n/<\\/hostdev>/!b more\n/bus='0x${bus}' slot='0x${slot}'/d\n}\n`;

/** All at once, in an order in which none hides another. */
const breakages: Breakage[] = [
  { id: 'service.running', broken: 'systemctl stop handglass' },
  { id: 'service.boot', broken: 'systemctl disable handglass handglass-shm' },
  { id: 'service.user', broken: 'gpasswd --delete handglass input' },
  { id: 'service.uinput', broken: 'chmod 600 /dev/uinput' },
  { id: 'service.drivers-probe', broken: 'chmod 200 /sys/bus/usb/drivers_probe' },
  { id: 'service.logout', broken: 'rm /etc/systemd/logind.conf.d/handglass.conf' },
  { id: 'input.rights', about: '/dev/input/event0', broken: 'chmod 600 /dev/input/event0' },
  { id: 'usb.drivers', broken: 'echo 1-2:1.0 >/sys/bus/usb/drivers/usbhid/unbind' },
  {
    id: 'kernel.vfio-pci',
    broken: `modprobe --remove vfio_pci || true
      mv ${modules}/kernel/drivers/vfio/pci/vfio-pci.ko /root && depmod`,
    byHand: `mv /root/vfio-pci.ko ${modules}/kernel/drivers/vfio/pci/ && depmod`,
  },
  {
    id: 'iommu.unsafe-interrupts',
    broken: `echo 'options vfio_iommu_type1 allow_unsafe_interrupts=1' >/etc/modprobe.d/vfio.conf
      modprobe vfio_iommu_type1 && echo 1 >${unsafe}`,
    byHand: 'rm /etc/modprobe.d/vfio.conf',
  },
  {
    id: 'libvirt.boot',
    broken:
      'systemctl disable libvirtd.service libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket',
  },
  { id: 'libvirt.log-daemon', broken: 'systemctl disable virtlogd.socket virtlogd-admin.socket' },
  {
    id: 'libvirt.device-acl',
    broken: `printf 'cgroup_device_acl = [\n  "/dev/null", "/dev/vfio/vfio",\n]\n' >>${qemuConf}`,
  },
  { id: 'libvirt.firmware-list', broken: `printf 'nvram = [\n  "/a:/b"\n]\n' >>${qemuConf}` },
  { id: 'libvirt.qemu-user', broken: `echo 'user = "gone"' >>${qemuConf}` },
  {
    id: 'looking-glass.owner',
    about: 'looking-glass',
    broken: 'chown nobody /dev/shm/looking-glass',
  },
  {
    id: 'looking-glass.rights',
    about: 'looking-glass',
    broken: 'chmod 600 /dev/shm/looking-glass',
  },
  {
    id: 'looking-glass.size',
    about: 'looking-glass',
    broken: 'truncate --no-create --size=32M /dev/shm/looking-glass',
  },
  {
    id: 'looking-glass.file',
    about: 'second',
    broken: 'rm /dev/shm/second',
    complaint: /third is a folder/,
  },
  { id: 'looking-glass.kind', about: 'third', broken: 'rm /dev/shm/third && mkdir /dev/shm/third' },
  {
    id: 'looking-glass.tmpfiles',
    broken: "echo 'f /dev/shm/looking-glass 0660 alice kvm -' >/etc/tmpfiles.d/looking-glass.conf",
  },
  { id: 'domain.group', about: 'grouped 0000:00:1f.3', broken: 'virsh define /tmp/grouped.xml' },
  { id: 'domain.driver', about: 'lent 0000:02:00.0', broken: 'virsh define /tmp/lent.xml' },
  {
    id: 'domain.device',
    about: 'lent 0000:0a:00.0',
    broken: 'true',
    edit: withoutDevice('0a', '00'),
  },
  {
    id: 'domain.bridge',
    about: 'lent 0000:00:06.0',
    broken: 'true',
    edit: withoutDevice('00', '06'),
  },
];

const named = (all: readonly Breakage[]) =>
  all.map((each): [string, Breakage] => [`${each.id} ${each.about ?? ''}`.trim(), each]);

const idsOf = (results: readonly Result[]) => new Set(results.map(({ id }) => id));

describe('a machine that is broken while it runs, in many places at once', () => {
  let lab: Lab;
  let before: Result[];
  let found: Result[];
  let after: Result[];
  let failures: Map<Breakage, string>;
  let refusal: string;
  const sh = (script: string) => output(lab, script);

  beforeAll(async () => {
    lab = await freshLab();
    await allowSudo(lab);
    await define(lab, 'grouped', { devices: ['00:1f.3'], shmem: 'second' });
    await define(lab, 'lent', {
      devices: ['02:00.0', '0a:00.0', '00:06.0'],
      isManaged: false,
      shmem: 'third',
    });
    refusal = (await lab.sh('virsh start grouped')).stderr;
    await sh('virsh undefine grouped && virsh undefine lent');
    for (const [domain, name] of [
      ['grouped', 'second'],
      ['lent', 'third'],
    ]) {
      const entry = `[[looking-glass]]\ndomain = "${domain}"\nresolution = "2560x1440"\npath = "/dev/shm/${name}"\nowner = "alice"\ngroup = "kvm"\n`;
      await lab.run(['tee', '--append', configuration], entry);
    }
    await sh('handglass shm create');
    before = await lookedAt(lab);
    ({ found, after, failures } = await breakAndMend(lab, breakages));
  });

  afterAll(() => lab.end());

  test.each(named(breakages))('%s', (_name, breakage) => {
    expect(unwellOf(before, breakage)).toEqual([]);
    expect(resultOf(found, breakage)?.verdict).toMatch(/^(problem|warning)$/);
    expect(failures.get(breakage)).toMatch(breakage.complaint ?? /^$/);
    expect(unwellOf(after, breakage)).toEqual([]);
  });

  test('what was looked at before is looked at in the end', () => {
    expect([...idsOf(before).difference(idsOf(after))]).toEqual([]);
  });

  test('what is broken is a problem wherever nothing works with it', () => {
    const problems = found.filter(({ verdict }) => verdict === 'problem').map(({ id }) => id);
    expect(problems).toEqual(
      expect.arrayContaining([
        'kernel.vfio-pci',
        'libvirt.device-acl',
        'libvirt.qemu-user',
        'looking-glass.owner',
        'domain.group',
        'domain.driver',
      ]),
    );
  });

  test('a list of devices for domains keeps those that were added to it', async () => {
    expect(await sh(`grep '^cgroup_device_acl' ${qemuConf}`)).toContain('"/dev/vfio/vfio"');
  });

  test('a domain with a device of a shared group starts once the group is free', async () => {
    expect(refusal).toMatch(/group \d+ is not viable/);
    await sh('virsh start grouped && virsh destroy grouped');
  });

  test('the service tells of shared memory too, until it is mended', async () => {
    const { remedy } = found.find(({ id }) => id === 'looking-glass.rights') ?? {};
    await sh('chmod 600 /dev/shm/looking-glass');
    await until(lab, `handglass status --json | grep -q 'its mode is 0600'`);
    await sh(remedy ?? '');
    await until(lab, `handglass status --json | grep -q '"problems":\\[\\]'`);
  });

  test('the service looks at the machine when it starts', async () => {
    // What it says of built-in modules is what the doctor says only where it can read of them.
    const among = 'nsenter --target "$(systemctl show --value -p MainPID handglass)" --mount --';
    await sh(`${among} test -e /usr/lib/modules/$(uname -r)/modules.dep`);

    const dropIn = '/run/systemd/system/handglass.service.d';
    onTestFinished(async () => {
      await sh(`rm -r ${dropIn} && systemctl daemon-reload && systemctl restart handglass`);
    });
    await sh(`echo hugepages=4 hugepagesz=1G >/run/cmdline && mkdir ${dropIn}
      printf '[Service]\nBindReadOnlyPaths=/run/cmdline:/proc/cmdline\n' >${dropIn}/line.conf
      systemctl daemon-reload && systemctl restart handglass`);
    await until(lab, 'handglass status | grep -q "counts pages of the default size"');
  });

  describe('seen by a user', () => {
    const kvmfr = '/tmp/kvmfr.toml';
    const ofUser: Breakage[] = [
      {
        id: 'libvirt.socket',
        broken:
          'systemctl mask --now libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd.service',
      },
      { id: 'libvirt.caller', about: 'alice', broken: 'gpasswd --delete alice libvirt' },
      { id: 'service.caller', about: 'alice', broken: 'true' },
      { id: 'service.udev-rules', broken: 'rm /usr/lib/udev/rules.d/65-handglass.rules' },
      {
        id: 'looking-glass.accounts',
        about: '/dev/kvmfr0',
        broken: `printf '[[looking-glass]]\ndomain = "win10"\nresolution = "1280x720"\npath = "/dev/kvmfr0"\nowner = "gone"\ngroup = "users"\n' >${kvmfr}`,
        byHand: `sed -i 's/gone/alice/' ${kvmfr}`,
      },
      { id: 'looking-glass.qemu', about: '/dev/kvmfr0', broken: 'true' },
      { id: 'libvirt.apparmor', about: '/dev/kvmfr0', broken: 'true' },
    ];
    let seen: Awaited<ReturnType<typeof breakAndMend>>;

    const unreset: Breakage = {
      id: 'domain.reset',
      about: 'grouped 0000:00:1f.3',
      broken: '',
      edit: "s/bus='0x00' slot='0x1f' function='0x3'/bus='0x03' slot='0x00' function='0x0'/\n",
      byHand: 'EDITOR=/tmp/editor virsh edit grouped',
    };

    beforeAll(async () => {
      expect(await mend(lab, resultOf(found, unreset), unreset)).toBe('');
      seen = await breakAndMend(lab, ofUser, { as: 'alice', config: kvmfr });
    });

    test('a device without a reset is told of until another takes its place', () => {
      expect(resultOf(found, unreset)).toMatchObject({
        verdict: 'warning',
        advice: expect.stringContaining('use another device') as string,
      });
      expect(unwellOf(seen.after, unreset)).toEqual([]);
      const another = { ...unreset, about: 'grouped 0000:03:00.0' };
      expect(resultOf(seen.after, another)?.explanation).toBe('It can be reset by bus.');
    });

    test.each(named(ofUser))('%s', (_name, breakage) => {
      expect(resultOf(seen.found, breakage)?.verdict).toMatch(/^(problem|warning)$/);
      expect(seen.failures.get(breakage)).toMatch(breakage.complaint ?? /^$/);
      expect(unwellOf(seen.after, breakage)).toEqual([]);
    });
  });
});
