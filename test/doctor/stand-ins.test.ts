/** Stand-ins for what tells whose machine an archive is from: nothing of it stays, and all else does. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { recording } from '../../src/doctor/recording.ts';
import { factsFrom } from '../../src/doctor/replay.ts';
import type { Original } from '../../src/doctor/originals.ts';
import { withStandIns } from '../../src/doctor/stand-ins.ts';
import { domainXml } from '../machines/domain.ts';
import { gtx970 } from '../machines/gtx-970.ts';
import type { Machine } from '../machines/machine.ts';
import { buildWithSoftware, type LookedAt, type Software } from '../machines/software.ts';
import { archiveOf, configPath, nothing, screenOf, sent, software } from './archiving.ts';

// How long it takes to build whole machines is no matter of these tests.
vi.setConfig({ testTimeout: 120_000 });

const letters = 'abcdefghijklmnopqrstuvwxyz';
const text = (characters: string, minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), minLength, maxLength });
const digits = (length: number) => text('0123456789abcdef', length);
/** Of letters that make no word of the kernel's, and one digit where a serial needs it. */
const secrets = fc.record({
  user: text(letters, 6, 9).map((name) => `zq${name}`),
  host: text(letters, 6, 9).map((name) => `qx${name}`),
  person: text(letters, 6, 9).map((name) => `Zx${name} Vq${name}`),
  usbSerial: text('ABCDEFGHJKLMNPQRSTUVWXYZ0123456789', 8, 16).map((rest) => `7X${rest}`),
  spacedSerial: text('ABCDEFGHJK0123456789', 6).map((rest) => `9K ${rest}`),
  diskSerial: text('ABCDEFGHJKLMNPQRSTUVWXYZ0123456789', 10).map((rest) => `S5${rest}`),
  mac: fc.array(digits(2), { minLength: 5, maxLength: 5 }).map((rest) => `52:${rest.join(':')}`),
  uuid: fc
    .tuple(digits(7), digits(4), digits(4), digits(4), digits(12))
    .map(([first, ...rest]) => `e${first}-${rest.join('-')}`),
  machineId: digits(31).map((rest) => `f${rest}`),
  address: fc
    .tuple(
      fc.integer({ min: 11, max: 126 }),
      ...[1, 2, 3].map(() => fc.integer({ min: 1, max: 250 })),
    )
    .map((parts) => parts.join('.')),
  address6: fc.tuple(digits(3), digits(3)).map(([a, b]) => `fd5a::a${a}:b${b}`),
});

type Secrets = typeof secrets extends fc.Arbitrary<infer T> ? T : never;

function machineWith({ usbSerial, spacedSerial }: Secrets): Machine {
  return {
    ...gtx970,
    usb: (gtx970.usb ?? []).map((device, index) => ({
      ...device,
      serial: index === 0 ? usbSerial : spacedSerial,
    })),
    input: (gtx970.input ?? []).map((device, index) => ({
      ...device,
      links: index === 0 ? [keyboardLink(usbSerial)] : [],
    })),
  };
}

const keyboardLink = (serial: string) => `usb-Logitech_USB_Keyboard_${serial}-event-kbd`;

function softwareWith(own: Secrets): Software {
  const bare = software('gtx-970');
  const home = `/home/${own.user}/vms`;
  const id = keyboardLink(own.usbSerial);
  const littleEndian = own.address
    .split('.')
    .toReversed()
    .map((part) => Number(part).toString(16).padStart(2, '0').toUpperCase())
    .join('');
  return {
    ...bare,
    domains: {
      [`${own.user}-win`]: domainXml({
        name: `${own.user}-win`,
        memoryMib: 8192,
        vcpus: 6,
        pci: ['06:00.0', '06:00.1'],
        rom: `${home}/gpu.rom`,
        features: `<!-- ${own.uuid} -->`,
        backing: `<description>Games of ${own.person}</description>`,
        devices: `<disk type='file' device='disk'><source file='${home}/win.qcow2'/><serial>${own.diskSerial}</serial><target dev='vda' bus='virtio'/></disk>
    <disk type='block' device='disk'><source dev='/dev/disk/by-id/ata-Samsung_SSD_850_EVO_500GB_${own.diskSerial}-part1'/></disk>
    <interface type='network'><mac address='${own.mac}'/></interface>
    <input type='evdev'><source dev='/dev/input/by-id/${id}'/></input>`,
      }),
    },
    configuration: `[[looking-glass]]
domain = "${own.user}-win"
resolution = "1920x1080"
owner = "${own.user}"

[[seat]]
name = "desk"
domains = ["${own.user}-win"]
input = [{ id = "${id}" }]
usb = [{ serial = "${own.spacedSerial}" }]

[libvirt]
uri = "qemu+ssh://${own.user}@${own.host}/system"

[server]
listen = ["${own.address}:18503", "[${own.address6}]:18503"]
`,
    log: [
      `audit: apparmor="DENIED" operation="open" profile="libvirt-${own.uuid}" name="/dev/shm/${own.user}" comm="qemu"`,
      `kvmfr: Failed to greet ${own.mac} of ${own.host} (${own.address}, ${own.uuid.toUpperCase()})`,
      `kvmfr: failed to like ${own.mac.toUpperCase().replaceAll(':', '-')} ${own.uuid.replaceAll('-', '')}`,
    ],
    files: {
      ...bare.files,
      '/proc/cmdline': `root=UUID=${own.uuid} ip=${own.address} systemd.hostname=${own.host} intel_iommu=on\n`,
      '/proc/sys/kernel/hostname': `${own.host}\n`,
      '/etc/machine-id': `${own.machineId}\n`,
      '/run/systemd/container': '',
      '/etc/default/grub': `GRUB_CMDLINE_LINUX="resume=UUID=${own.uuid} id=${own.machineId}"\n`,
      '/etc/passwd': `root:x:0:0:root:/root:/bin/sh\n${own.user}:x:1000:1000:${own.person},,,:/home/${own.user}:/bin/sh\n`,
      '/proc/self/net/route': `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\neno1\t00000000\t${littleEndian}\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`,
      [`${home}/win.qcow2`]: '',
      [`/etc/modprobe.d/${own.user}.conf`]: `# of ${own.person}, or ${own.person.split(' ')[1]}\noptions vfio-pci ids=10de:13c2\n`,
    },
  };
}

/** All that is read there, as it is. */
async function unchanged({ machine, virsh }: LookedAt): Promise<string> {
  const recorder = recording(machine, virsh);
  await readFacts(recorder.machine, { configPath, virsh: recorder.virsh });
  return JSON.stringify(recorder.recorded());
}

test('nothing that tells whose machine it is stays in the archive, and its screen is the same', async () => {
  await fc.assert(
    fc.asyncProperty(secrets, async (own) => {
      const looked = await buildWithSoftware(machineWith(own), softwareWith(own));
      const made = await archiveOf(looked);
      const { archive, path } = await sent(made);
      const before = await unchanged(looked);
      const secretsOfFiles = Object.values(own);
      expect(secretsOfFiles.filter((each) => !before.includes(each))).toEqual([]);
      const whole = gunzipSync(await readFile(path))
        .toString()
        .toLowerCase();
      const without = whole.replaceAll(/[:_-]/g, '');
      const words = own.person.split(' ');
      for (const secret of [...secretsOfFiles, ...words].map((each) => each.toLowerCase())) {
        expect(whole).not.toContain(secret);
        expect(without).not.toContain(secret.replaceAll(/[:\s-]/g, ''));
      }
      const { machine, virsh } = looked;
      const screen = screenOf(await readFacts(machine, { configPath, virsh }));
      expect(screen).toContain(own.user);
      expect(screen).toContain(`${configPath} is right as it stands.`);
      expect(screenOf(await factsFrom(archive))).toBe(made.anonymous.standIn(screen));
    }),
    { numRuns: 12 },
  );
});
/** What becomes of texts, which are those of files. */
function standInsFor(files: Record<string, string>, known: Original[] = []) {
  const texts = Object.fromEntries(Object.entries(files).map(([path, is]) => [path, { is }]));
  const { recorded, everyday } = withStandIns({ ...nothing, texts }, known);
  const after = Object.values(recorded.texts).map((answer) => ('is' in answer ? answer.is : ''));
  return { after, everyday };
}

const shape = (text: string) =>
  text.replaceAll(/\d/g, '0').replaceAll(/[a-z]/g, 'a').replaceAll(/[A-Z]/g, 'A');

describe('stand-ins', () => {
  const forms: [string, fc.Arbitrary<string>, RegExp][] = [
    ['MAC addresses', secrets.map(({ mac }) => mac), /^([\da-f]{2}:){5}[\da-f]{2}$/],
    ['UUIDs', secrets.map(({ uuid }) => uuid), /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/],
    ['addresses', secrets.map(({ address }) => address), /^198\.18\.\d{1,3}\.\d{1,3}$/],
    ['long addresses', secrets.map(({ address6 }) => address6), /^2001:db8::[\da-f]+$/],
    ['ids of 32 digits', secrets.map(({ machineId }) => machineId), /^[\da-f]{32}$/],
  ];
  test.each(forms)('of %s are such themselves, and each has its own', (_, form, pattern) => {
    fc.assert(
      fc.property(fc.uniqueArray(form, { minLength: 2, maxLength: 40 }), (originals) => {
        const [text = ''] = standInsFor({ '/etc/some': originals.join('\n') }).after;
        const found = text.split('\n');
        expect(found.filter((each) => !pattern.test(each))).toEqual([]);
        expect(new Set(found).size).toBe(originals.length);
        expect(found.filter((each) => originals.includes(each))).toEqual([]);
      }),
    );
  });

  test('of serial numbers have their letters and digits', () => {
    const originals = ['S21HNXAG123456', 'S21HNXAG123457', 's21hnxag123456', '4C530001260'];
    const serials = originals.map((text) => ({ kind: 'serial' as const, text }));
    const { after } = standInsFor({ '/etc/some': originals.join(' ') }, serials);
    const found = (after[0] ?? '').split(' ');
    expect(new Set(found).size).toBe(4);
    expect(found.map(shape)).toEqual(originals.map(shape));
  });

  test('take no address of a PCI device, version, or number of another kind for their own', () => {
    const text = `0000:01:00.0 10de:13c2 00:00:00:00:00:00 127.0.0.1 0.0.0.0 ::1 255.255.255.0
QEMU emulator version 8.2.2.1 5.15.167.4-microsoft 6.1.0-18-amd64 12:34:56 0x00000000febf0000
pci:v000010DEd000013C2sv*sd*bc*sc*i* fffffffffffffffe 00000000000000000000000000000000`;
    expect(standInsFor({ '/etc/some': text }).after).toEqual([text]);
  });

  test('of names that are everyday words stand only where a name does', () => {
    const files = {
      '/proc/cmdline': 'iommu=on max_loop=8 kvm.x=max\n',
      '/etc/handglass/handglass.toml': 'owner = "max"\npath = "/home/max/max"\n',
      '/sys/bus/usb/devices/1-2/serial': '12\n',
      '/sys/bus/usb/devices/1-2/bMaxPower': '12 max\n',
    };
    const { after, everyday } = standInsFor(files, [{ kind: 'user', text: 'max' }]);
    expect(everyday).toEqual(['max']);
    expect(after).toEqual([
      files['/proc/cmdline'],
      'owner = "user1"\npath = "/home/user1/max"\n',
      expect.stringMatching(/^\d\d\n$/),
      files['/sys/bus/usb/devices/1-2/bMaxPower'],
    ]);
    expect(after[2]).not.toBe('12\n');
  });

  test('are found behind escaped characters, in units of systemd and in names of people', () => {
    const text = String.raw`/mnt/of\040zqalice mnt-of\x2dzqalice.mount vm-zqalice-1 ZqAlice's mouse, xzqalice`;
    expect(standInsFor({ '/etc/some': text }, [{ kind: 'user', text: 'zqalice' }]).after).toEqual([
      String.raw`/mnt/of\040user1 mnt-of\x2duser1.mount vm-user1-1 user1's mouse, xzqalice`,
    ]);
  });

  test('are found in names of volumes, sources of mounts, and tables of partitions', () => {
    const uuid = 'aB3'.repeat(12).slice(0, 32);
    const { after } = standInsFor(
      {
        '/proc/cmdline': String.raw`root=/dev/mapper/zq--host--vg-root dev-mapper-zq\x2dhost.device`,
        '/proc/1/mountinfo': '60 1 0:5 / /mnt/dav rw - fuse https://dav.qx.example/files rw',
        '/run/udev/data/b8:0': `E:ID_PART_TABLE_UUID=1a2b3c4d\nE:DM_UUID=LVM-${uuid}${uuid}`,
        '/other': '1a2b3c4d dav.qx.example',
      },
      [{ kind: 'host', text: 'zq-host' }],
    );
    const all = after.join('\n');
    expect(all).toContain(String.raw`root=/dev/mapper/host1--vg-root dev-mapper-host1.device`);
    for (const each of ['zq', 'qx', '1a2b3c4d', uuid]) expect(all).not.toContain(each);
  });

  test('are found in who mounts what is on another machine', () => {
    const mounts = [
      '60 1 0:5 / /mnt/a rw - cifs //qxnas/a rw,vers=3.1.1,username=zqbob,domain=ZQCORP,uid=0',
      '61 1 0:6 / /mnt/b rw - fuse.sshfs zqeve@qxnas: rw,user_id=0',
      '62 1 0:7 / /mnt/c rw - fuse.sshfs ZqKim@qxnas:/ rw,user_id=0',
      // Words of other meaning too.
      '63 1 0:8 / /mnt/d rw - cifs //qxnas/d rw,username=max,domain=work,uid=0',
      '64 1 0:9 / /mnt/e rw - fuse.sshfs max@qxnas: rw',
    ];
    const { after } = standInsFor({
      '/proc/1/mountinfo': mounts.join('\n'),
      '/other': 'zqbob zqcorp zqeve zqkim',
      '/proc/cmdline': 'work=max',
    });
    expect(after.join('\n')).not.toMatch(/zq|qx|username=max|domain=work|max@/i);
    expect(after[2]).toBe('work=max');
    expect(after[0]).toMatch(/username=user\d,domain=host\d,uid=0\n.* user\d@host\d: rw,user_id=0/);
  });

  test('of what the arguments of a domain copy from this machine stand there too', () => {
    const arg = "<qemu:arg value='type=1,manufacturer=ASUS,serial=MB-1234567890,sku=SK77Z'/>";
    const { recorded } = withStandIns({ ...nothing, virsh: { a: { is: arg } } }, []);
    const answer = recorded.virsh['a'];
    const text = answer !== undefined && 'is' in answer ? answer.is : '';
    expect(text).toContain('manufacturer=ASUS');
    expect(text).not.toMatch(/MB-1234567890|SK77Z/);
  });

  test('of secrets and passwords among the settings of QEMU and libvirt say nothing of them', () => {
    const texts = {
      '/proc/7/cmdline':
        '-object\0secret,id=zero,data=zqOpen+Sesame/==\0-spice\0password=zqTell1\0',
      '/var/log/libvirt/qemu/win10.log': `-object '{"qom-type":"secret","id":"one","data":"zqBase64==","iv":"x"}' -vnc :0,password=on`,
      '/etc/libvirt/qemu.conf': 'spice_password = "zqSpice"',
      '/etc/libvirt/qemu/win10.xml': "<graphics type='vnc' passwd='zqVnc'/>",
      '/etc/fstab': '//nas/games /games cifs username=x,password=zqShare,ro 0 0',
    };
    const { after } = standInsFor(texts);
    expect(after.join('\n')).not.toContain('zq');
    expect(after[1]).toContain('"iv":"x"}\' -vnc :0,password=on');
    expect(after[4]).toMatch(/username=x,password=secret\d,ro 0 0/);
  });

  test.each([
    ['spice_password = "zq long phrase"', /^spice_password = "secret\d"$/],
    ['vnc_password = "zqa=zqb"', /^vnc_password = "secret\d"$/],
    ['spice_password = "zqalice-zq2024"', /^spice_password = "secret\d"$/],
    ["<graphics passwd='zqx zqy' port='5900'/>", /^<graphics passwd='secret\d' port='5900'\/>$/],
    ['-object\0secret,id=a,data=zqOpen zqSesame,iv=x\0', /secret,id=a,data=secret\d,iv=x\0$/],
    ['-spice\0password=zqab,,zqcd,port=5900\0', /password=secret\d,port=5900\0$/],
    [String.raw`{"password":"zqa\"zqb c","port":1}`, /^\{"password":"secret\d","port":1\}$/],
    [
      "<qemu:arg value='port=5900,password=zqopen zqsesame,addr=x'/>",
      /^<qemu:arg value='port=5900,password=secret\d,addr=x'\/>$/,
    ],
    ["<qemu:arg value='password=on'/>", /^<qemu:arg value='password=on'\/>$/],
    ['-spice\0password=on-zqcall7\0', /password=secret\d\0$/],
    ['-vnc\0:0,password=off\0', /:0,password=off\0$/],
    ["<graphics passwd='' port='5900'/>", /^<graphics passwd='' port='5900'\/>$/],
  ])('of a whole password and of nothing else: %s', (text, expected) => {
    const known = [{ kind: 'user' as const, text: 'zqalice' }];
    expect(standInsFor({ '/etc/some': text }, known).after[0]).toMatch(expected);
  });

  test('leave alone what services are called', () => {
    const text = 'uid=64055(libvirt-qemu) gid=1001(kvm) groups=1001(kvm),1002(input)\n';
    const known = ['kvm', 'input', 'root'].map((name) => ({ kind: 'user' as const, text: name }));
    expect(standInsFor({ '/etc/some': text }, known).after).toEqual([text]);
  });
});
