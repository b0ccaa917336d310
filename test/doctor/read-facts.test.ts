import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { doctorLines } from '../../src/cli/render/doctor.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import type { FileFacts, OpenFiles, ReadFiles, Run } from '../../src/host/ports.ts';
import { b550 } from '../machines/b550.ts';
import { domainXml } from '../machines/domain.ts';
import { equipped } from '../machines/equipped.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import { buildWithSoftware } from '../machines/software.ts';
import { type Random, randomFrom } from '../random.ts';
import { createSysfs } from '../system/sysfs.ts';

const configPath = '/etc/handglass/handglass.toml';
const nobody = async () => {
  throw new Error('libvirt does not answer');
};
const noProgram: Run = {
  async run(command) {
    throw Object.assign(new Error(command), { code: 'ENOENT' });
  },
};

async function reportOn(host: ReadFiles & OpenFiles & Run) {
  return doctorReport(await readFacts(host, { configPath, virsh: nobody }));
}

function failingAll(code: string): ReadFiles & OpenFiles {
  const fail = async (path: string) => {
    throw Object.assign(new Error(path), { code });
  };
  const reading = {
    readText: fail,
    listFolder: fail,
    readLink: fail,
    realPath: fail,
    factsOf: fail,
  };
  return { ...reading, openFile: fail, removeFile: fail };
}

test('no file is read twice', async () => {
  const software = equipped['b550'];
  if (software === undefined) throw new Error('no software');
  const { machine, root, virsh } = await buildWithSoftware(b550, software);
  const counts = new Map<string, number>();
  const counted = <T>(read: (path: string) => Promise<T>, isLink = false) => {
    return (path: string) => {
      const place = isLink ? path : placeOf(root, path);
      counts.set(place, (counts.get(place) ?? 0) + 1);
      return read(path);
    };
  };
  const host = {
    ...machine,
    readText: counted((path) => machine.readText(path)),
    readLink: counted((path) => machine.readLink(path), true),
  };
  await readFacts(host, { configPath, virsh });
  expect([...counts].filter(([, count]) => count > 1)).toEqual([]);
  expect(counts.size).toBeGreaterThan(300);
});

test('of a link in a domain it is told what it leads to', async () => {
  const [code, lost] = ['/usr/share/OVMF/code.fd', '/usr/share/OVMF/lost.fd'];
  const win10 = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 }).replace(
    '</os>',
    `<loader>${code}</loader><nvram>${lost}</nvram></os>`,
  );
  const software = { as: 'root', firmware: 'efi', qemu: '7.2.0', libvirt: '9.0.0' } as const;
  const { machine, virsh, link } = await buildWithSoftware(gtx970, {
    ...software,
    domains: { win10 },
  });
  await link('OVMF_CODE.fd', code);
  await link('nothing', lost);
  const { paths } = await readFacts(machine, { configPath, virsh });
  expect(paths.get(code)?.found).toMatchObject({ kind: 'file' });
  expect(paths.get(lost)?.found).toBe('absent');
});

test('of a ROM that a domain names the folder is looked at too', async () => {
  const rom = '/usr/share/vgabios/gpu.rom';
  const win10 = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1, pci: ['01:00.0'], rom });
  const software = { as: 'root', firmware: 'efi', qemu: '7.2.0', libvirt: '9.0.0' } as const;
  const { machine, virsh } = await buildWithSoftware(gtx970, { ...software, domains: { win10 } });
  const { paths } = await readFacts(machine, { configPath, virsh });
  expect(paths.get('/usr/share/vgabios')?.found).toBe('absent');
});

function placeOf(root: string, path: string): string {
  try {
    return realpathSync(join(root, path));
  } catch {
    return path;
  }
}

describe('a machine that shows', () => {
  test('nothing at all has a screen that says so', async () => {
    const { host } = await createSysfs();
    const report = await reportOn({ ...host, ...noProgram });
    const lines = doctorLines(report, false).map(stripVTControlCharacters);
    expect(lines[0]).toMatch(/^\d+ problems?, \d+ warnings?, \d+ not looked at, \d+ fine$/);
    expect(lines.join('\n')).toContain('The IOMMU is off');
    expect(lines.join('\n')).not.toContain('defect of Handglass');
    const results = report.subjects.flatMap((subject) => subject.results);
    const fine = results.filter(({ verdict }) => verdict === 'ok').map(({ id }) => id);
    for (const id of ['boot.firmware', 'boot.secure-boot']) expect(fine).not.toContain(id);
  });

  test.each(['', 'booster.yaml'])(
    'no files of a boot loader, and of an initramfs "%s" alone, has neither told as fine',
    async (name) => {
      const { host, write } = await createSysfs();
      await write('/proc/cmdline', 'quiet\n');
      await write('/proc/sys/kernel/osrelease', '6.8.0\n');
      await write(`/etc/${name || 'fstab'}`, '');
      const report = await reportOn({ ...host, ...noProgram });
      const results = report.subjects.flatMap((subject) => subject.results);
      const unread = ['boot.virqfd', 'kernel.parameters-pending', 'kernel.parameters-lost'];
      expect(results.filter(({ id }) => unread.includes(id))).toEqual([]);
    },
  );

  test.each(['EACCES', 'EIO', 'ENOTDIR'])(
    'nothing but %s has nothing of what it would say told as fine',
    async (code) => {
      const forbidden: Run = {
        async run(command) {
          throw Object.assign(new Error(command), { code });
        },
      };
      const report = await reportOn({ ...failingAll(code), ...forbidden });
      const results = report.subjects.flatMap((subject) => subject.results);
      expect(results.filter(({ verdict }) => verdict === 'ok').map(({ id }) => id)).toEqual(
        code === 'ENOTDIR' ? expect.any(Array) : [],
      );
      expect(report.counts.unknown).toBeGreaterThan(40);
      expect(JSON.stringify(report)).not.toContain('defect of Handglass');
    },
  );

  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'rubbish (%i) has a screen without its control characters, and without a defect',
    async (seed) => {
      const report = await reportOn(rubbish(randomFrom(seed)));
      const lines = doctorLines(report, true).map(stripVTControlCharacters);
      expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([]);
      expect(lines.filter((line) => line.includes('defect of Handglass'))).toEqual([]);
    },
    30_000,
  );
});

/** Every file says something, and every folder has something in it, though never the right thing. */
function rubbish(random: Random): ReadFiles & OpenFiles & Run {
  const text = () => {
    if (random.below(3) > 0) return random.oneOf(texts);
    const characters = Array.from({ length: random.below(40) }, () => random.below(0x300));
    return String.fromCodePoint(...characters);
  };
  const facts: FileFacts = {
    kind: 'other',
    size: 1,
    allocated: 1,
    mode: 0o644,
    uid: 0,
    gid: 0,
    dev: 1,
    ino: 1,
  };
  return {
    ...failingAll('EIO'),
    readText: async () => text(),
    listFolder: async () => names.filter(() => random.below(6) === 0),
    readLink: async () => text(),
    realPath: async (path) => path,
    factsOf: async () => facts,
    run: async () => ({ stdout: text(), stderr: text(), exitCode: 0, timedOut: false }),
  };
}

const texts: [string, ...string[]] = [
  '',
  '\0',
  '-1',
  '0x',
  '1',
  'Y',
  '8.2',
  '[',
  '0-3',
  '0-99999999',
  '999999999999999999999',
  '0x030000',
  '[always]',
  '{"mapping":1}',
  '\u001b[2J\u0007',
  '../../devices/pci0000:00/0000:00:02.0',
  'uid=0(root) gid=0(root) groups=0(root\u001b)',
  'options vfio-pci ids=\u001b\n',
  'constructor=1 quiet iommu_pt "vfio-pci.ids=\u001b[2J" amd_iommu=on',
  '{"MESSAGE":"BAR 1\u001b can\'t reserve"}',
];

const names = [
  '',
  '..',
  'x'.repeat(300),
  '\u001b[2J',
  '1-1:1.0',
  ...'cpu0 node0 0000:00:02.0 event0 1-1 card0 card0-HDMI-A-1 0 usb1 sda sdb nvme0 eth0'.split(' '),
  ...'upper_eth0 vfio.conf 60.json hugepages-2048kB policy0 iommu_group reset_method'.split(' '),
  ...'boot_vga driver power_state msi_irqs mkinitcpio.conf dmar0'.split(' '),
];

test('libvirt that does not answer costs what it would have said', async () => {
  const software = equipped['gtx-970'];
  if (software === undefined) throw new Error('no software');
  const { machine } = await buildWithSoftware(gtx970, software);
  const report = await reportOn(machine);
  const results = report.subjects.flatMap((subject) => subject.results);
  const unseen = results.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
  expect(unseen).toEqual(['libvirt.domains', 'domain.known']);
});
