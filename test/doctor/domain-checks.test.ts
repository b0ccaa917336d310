import { expect, test } from 'vitest';
import type { FileFacts } from '../../src/host/ports.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import { domainXml } from '../machines/domain.ts';
import { fileFacts, found, withDomain, type Change } from './healthy.ts';
import { both, gpu, having, type Row, testRows } from './rows.ts';

function withFirmware(found: FileFacts | 'absent'): Change {
  const [code, template] = ['OVMF_CODE_4M.fd', 'OVMF_VARS.fd'].map(
    (name) => `/usr/share/OVMF/${name}`,
  );
  const xml = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 })
    .replace("<os firmware='efi'>", '<os>')
    .replace(
      '</os>',
      `<loader type='pflash'>${code}</loader><nvram template='${template}'>/a.fd</nvram></os>`,
    );
  return (facts) => {
    facts.libvirt.domains = [
      { name: 'win10', isRunning: false, xml: parseDomainXml(xml), unread: {} },
    ];
    facts.paths = new Map(
      [code, template].map((path) => [path ?? '', { found, uses: [], unread: {} }]),
    );
  };
}

/** Domains that take their memory from huge pages; the first result is the first one's. */
function inHugePages(...domains: Parameters<typeof withDomain>[0][]): Change {
  return (facts) => {
    const backing = '<memoryBacking><hugepages/></memoryBacking>';
    facts.libvirt.domains = domains.flatMap((parts, index) => {
      withDomain({ name: `guest${index + 1}`, backing, ...parts })(facts);
      return facts.libvirt.domains ?? [];
    });
  };
}

/** The size of variables that fit code of 4 MiB less 528 KiB. */
const variables = 540_672;

function withVariables(size: number): Change {
  const [code, own] = ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/nvram/win10.fd'];
  const xml = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 }).replace(
    '</os>',
    `<loader type='pflash'>${code}</loader><nvram>${own}</nvram></os>`,
  );
  return (facts) => {
    facts.libvirt.domains = [
      { name: 'win10', isRunning: false, xml: parseDomainXml(xml), unread: {} },
    ];
    const sizes = [
      [code, 4 * 1024 ** 2 - variables],
      [own, size],
    ] as const;
    facts.paths = new Map(
      sizes.map(([path, bytes]) => [
        path,
        { found: fileFacts({ size: bytes }), uses: [], unread: {} },
      ]),
    );
  };
}

/** Shared memory of 32 MiB that no configuration names. */
function withShmem(found: FileFacts | 'absent', name = 'looking-glass-b'): Change {
  const devices = `<shmem name='${name}'><model type='ivshmem-plain'/><size unit='M'>32</size></shmem>`;
  return both(withDomain({ devices }), (facts) => {
    facts.paths = new Map([[`/dev/shm/${name}`, { found, uses: [], unread: {} }]]);
  });
}

/** The mouse of the seat, and what stands in a `<hostdev>` for it. */
function withUsb(source: string, alias = 'hostdev0'): Change {
  const devices = `<hostdev mode='subsystem' type='usb' managed='yes'><source>${source}</source><alias name='${alias}'/></hostdev>`;
  return withDomain({ devices });
}
const mouseIds = "<vendor id='0x046d'/><product id='0xC077'/>";

const shmemBytes = 32 * 1024 ** 2;

const rows: Row[] = [
  {
    id: 'domain.known',
    when: 'libvirt knows another',
    change: ({ libvirt: { domains } }) => {
      if (domains?.[0] !== undefined) domains[0].name = 'other';
    },
    verdict: 'problem',
  },
  {
    id: 'domain.readable',
    when: 'its XML cannot be read',
    change: ({ libvirt: { domains } }) => {
      if (domains?.[0] === undefined) return;
      domains[0].xml = null;
      domains[0].unread['xml'] = 'it is no XML of a domain';
    },
    verdict: 'unknown',
  },
  {
    id: 'domain.memory',
    when: 'it has more than the machine',
    change: withDomain({ memoryMib: 65536 }),
    verdict: 'problem',
  },
  {
    id: 'domain.memory',
    when: 'it leaves the host nothing',
    change: withDomain({ memoryMib: 31 * 1024, ...gpu }),
    verdict: 'warning',
  },
  {
    id: 'domain.huge-pages',
    when: 'there are too few',
    change: withDomain({
      backing: '<memoryBacking><hugepages><page size="1" unit="GiB"/></hugepages></memoryBacking>',
    }),
    verdict: 'problem',
    todo: 'hugepages-1048576kB/nr_hugepages',
  },
  {
    id: 'domain.huge-pages',
    when: 'it names no size, and that of this machine is 1 GiB',
    change: both(
      withDomain({ backing: '<memoryBacking><hugepages/></memoryBacking>' }),
      having('memory', { hugePageKib: 1024 ** 2 }),
    ),
    verdict: 'problem',
    todo: 'echo 8 | sudo tee /sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages',
  },
  {
    id: 'domain.huge-pages',
    when: 'what is missing would leave the host nothing',
    change: both(
      withDomain({ backing: '<memoryBacking><hugepages/></memoryBacking>' }),
      having('memory', { available: 9 * 1024 ** 2 }),
    ),
    verdict: 'problem',
    todo: ' What is missing is 8 GiB, and 9 GiB are available',
  },
  {
    id: 'domain.huge-pages',
    when: 'another domain lacks some too',
    change: inHugePages({ memoryMib: 4096 }, { memoryMib: 2048 }),
    verdict: 'problem',
    todo: 'echo 3072 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages The number is for',
  },
  {
    id: 'domain.huge-pages',
    when: 'another domain has the same card',
    change: inHugePages(
      { memoryMib: 4096, pci: ['01:00.0'] },
      { memoryMib: 2048, pci: ['01:00.0'] },
    ),
    verdict: 'problem',
    todo: 'echo 2048 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages That lasts',
  },
  {
    id: 'domain.huge-pages',
    when: 'there is no room for two domains at once',
    change: both(
      inHugePages({ memoryMib: 4096 }, { memoryMib: 2048 }),
      having('memory', { available: 7 * 1024 ** 2 }),
    ),
    verdict: 'problem',
    todo: 'echo 2048 | sudo tee /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages That lasts',
  },
  {
    id: 'domain.limits',
    when: 'it has 33 devices of the host',
    change: withDomain({
      pci: Array.from(
        { length: 33 },
        (_, bus) => `${(bus + 1).toString(16).padStart(2, '0')}:00.0`,
      ),
    }),
    verdict: 'problem',
    says: '33 devices of the host',
  },
  {
    id: 'domain.limits',
    when: 'it has 217 on virtio',
    change: withDomain({
      devices: "<disk type='file'><target dev='vda' bus='virtio'/></disk>".repeat(217),
    }),
    verdict: 'problem',
    says: '217 devices on virtio',
  },
  {
    id: 'domain.shared-memory',
    when: 'its XML has none',
    change: withDomain({}),
    verdict: 'problem',
    todo: "<size unit='M'>64</size>",
  },
  {
    id: 'domain.shared-memory',
    when: 'it is of the wrong model',
    change: withDomain({
      devices: "<shmem name='looking-glass'><model type='ivshmem-doorbell'/></shmem>",
    }),
    verdict: 'problem',
    says: 'ivshmem-doorbell',
  },
  {
    id: 'domain.shmem-size',
    when: 'it is no power of two',
    change: withDomain({
      devices: "<shmem name='x'><model type='ivshmem-plain'/><size unit='M'>96</size></shmem>",
    }),
    verdict: 'problem',
    says: 'no power of two',
    todo: "<size unit='M'>128</size>",
  },
  {
    id: 'domain.shmem-size',
    when: 'the file has another',
    change: withDomain({
      devices:
        "<shmem name='looking-glass'><model type='ivshmem-plain'/><size unit='M'>32</size></shmem>",
    }),
    verdict: 'problem',
    todo: "<size unit='M'>64</size>",
  },
  {
    id: 'domain.shmem-size',
    when: 'its XML does not tell it, which stands for 4 MiB',
    change: withDomain({
      devices: "<shmem name='looking-glass'><model type='ivshmem-plain'/></shmem>",
    }),
    verdict: 'problem',
    says: 'looking-glass has 4 MiB in its XML, and 64 MiB by the configuration',
    todo: "<size unit='M'>64</size>",
  },
  {
    id: 'domain.spice',
    when: 'there is none',
    change: ({ libvirt }) => {
      const xml = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 }).replace(
        "<graphics type='spice'/>",
        '',
      );
      libvirt.domains = [{ name: 'win10', isRunning: false, xml: parseDomainXml(xml), unread: {} }];
    },
    verdict: 'warning',
  },
  {
    id: 'domain.input',
    when: 'its XML lacks the proxies',
    change: withDomain({}),
    verdict: 'problem',
    todo: 'handglass input --domain win10 --xml',
  },
  {
    id: 'domain.evdev',
    when: 'a path is not there',
    change: both(
      withDomain({
        devices: "<input type='evdev'><source dev='/dev/input/by-id/gone-event-kbd'/></input>",
      }),
      (facts) => {
        facts.paths = new Map([
          ['/dev/input/by-id/gone-event-kbd', { found: 'absent', uses: [], unread: {} }],
        ]);
      },
    ),
    verdict: 'problem',
  },
  {
    id: 'domain.disks',
    when: 'the host has it mounted',
    change: both(
      withDomain({
        devices: "<disk type='block'><source dev='/dev/sdb'/><target dev='sda' bus='sata'/></disk>",
      }),
      (facts) => {
        facts.paths = new Map([
          [
            '/dev/sdb',
            {
              found: fileFacts({ kind: 'other' }),
              uses: [{ kind: 'mounted', node: '/dev/sdb1', places: ['/data'] }],
              unread: {},
            },
          ],
        ]);
      },
    ),
    verdict: 'problem',
    todo: 'sudo umount /dev/sdb1',
  },
  {
    id: 'domain.variables',
    when: 'what they are copied from is gone',
    change: withFirmware('absent'),
    verdict: 'problem',
    says: 'The template /usr/share/OVMF/OVMF_VARS.fd is not there',
  },
  {
    id: 'domain.variables',
    when: 'they are of another kind than the code',
    change: withFirmware(fileFacts()),
    verdict: 'problem',
    todo: '--reset-nvram',
  },
  {
    id: 'domain.variables',
    when: 'its own are of another build than the code',
    change: withVariables(131_072),
    verdict: 'problem',
    todo: 'sudo mv /nvram/win10.fd /nvram/win10.fd.old',
  },
  {
    id: 'domain.variables',
    when: 'its own fit the code',
    change: withVariables(variables),
    verdict: 'ok',
  },
  {
    id: 'domain.shmem-size',
    when: 'nobody has made what no configuration names',
    change: withShmem('absent'),
    verdict: 'warning',
    todo: '[[looking-glass]]',
  },
  {
    id: 'domain.shmem-size',
    when: "nobody has made another program's",
    change: withShmem('absent', 'scream'),
    verdict: 'ok',
  },
  {
    id: 'domain.shmem-size',
    when: 'what no configuration names has another size',
    change: withShmem(fileFacts({ size: 1024 ** 2 })),
    verdict: 'problem',
    says: '1 MiB',
  },
  {
    id: 'domain.shmem-size',
    when: 'QEMU has made what no configuration names',
    change: withShmem(fileFacts({ size: shmemBytes, uid: 64_055, mode: 0o644 })),
    verdict: 'warning',
  },
  {
    id: 'domain.shmem-size',
    when: 'what no configuration names is as it has to be',
    change: withShmem(fileFacts({ size: shmemBytes })),
    verdict: 'ok',
  },
  {
    id: 'domain.firmware',
    when: 'its code is gone',
    change: withFirmware('absent'),
    verdict: 'problem',
    says: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  },
  {
    id: 'domain.usb',
    when: 'its XML names what the seat moves by ids',
    change: withUsb(mouseIds),
    verdict: 'warning',
    says: 'Its XML has Logitech Mouse (port 1-2) too, which the seat desk moves',
    todo: 'virsh --connect qemu:///system edit win10 Take the <hostdev> out',
  },
  {
    id: 'domain.usb',
    when: 'its XML names what the seat moves by address',
    change: withUsb("<address bus='1' device='3'/>"),
    verdict: 'warning',
  },
  {
    id: 'domain.usb',
    when: 'its XML names another of the kind',
    change: withUsb(`${mouseIds}<address bus='1' device='4'/>`),
    verdict: 'ok',
  },
  {
    id: 'domain.usb',
    when: 'its XML names nothing for sure',
    change: withUsb("<vendor id='0x046d'/>"),
    verdict: 'ok',
  },
  {
    id: 'domain.usb',
    when: 'it runs and has the device by our doing',
    change: withUsb(`${mouseIds}<address bus='1' device='3'/>`, 'ua-handglass-1-2'),
    verdict: 'ok',
  },
  {
    id: 'domain.usb',
    when: 'no seat moves USB devices to it',
    change: both(withUsb(mouseIds), ({ configuration: { config } }) => {
      for (const seat of config?.seats ?? []) seat.usb = [];
    }),
    verdict: 'none',
  },
  {
    id: 'domain.usb',
    when: 'nobody knows what is plugged in',
    change: having('devices', { usb: null }),
    verdict: 'unknown',
  },
  {
    id: 'domain.old-arguments',
    when: 'it has the environment of old',
    change: ({ libvirt }) => {
      const xml = domainXml({ name: 'win10', memoryMib: 1024, vcpus: 1 }).replace(
        '</domain>',
        "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:env name='QEMU_AUDIO_DRV' value='pa'/></qemu:commandline></domain>",
      );
      libvirt.domains = [{ name: 'win10', isRunning: false, xml: parseDomainXml(xml), unread: {} }];
    },
    verdict: 'warning',
    todo: 'pipewire',
  },
];

testRows(rows);

test.each<[string, string, Change]>([
  [
    'boot.virqfd',
    String.raw`/etc/dracut.conf.d/'\''; reboot.conf'`,
    ({ boot, kernel }) => {
      kernel.version = [6, 8];
      const file = "/etc/dracut.conf.d/'; reboot.conf";
      boot.initramfs = { generator: 'dracut', modules: [{ name: 'vfio_virqfd', file }] };
    },
  ],
  [
    'looking-glass.kind',
    "sudo rm --recursive '/dev/shm/looking glass' && ",
    ({ sharedMemory: [file] }) => {
      if (file !== undefined) file.entry = { ...file.entry, path: '/dev/shm/looking glass' };
      if (file !== undefined) file.found = fileFacts({ kind: 'folder' });
    },
  ],
  [
    'looking-glass.tmpfiles',
    "/d' '/etc/tmpfiles.d/$(reboot).conf'",
    ({ service }) => {
      const file = '/etc/tmpfiles.d/$(reboot).conf';
      service.temporaryFiles = [{ file, path: '/dev/shm/looking-glass' }];
    },
  ],
  [
    'usb.drivers',
    "echo '1-2;reboot:1.0' |",
    ({ devices }) => {
      Object.assign(devices.usb?.[0] ?? {}, {
        driverless: [{ name: '1-2;reboot:1.0', class: '03' }],
      });
    },
  ],
])('in a command of %s what stands in files is one word: %s', (id, word, change) => {
  expect(found(id, change)[0]?.remedy).toContain(word);
});

test('nothing of the system itself is unmounted', () => {
  const [result] = found(
    'domain.disks',
    both(
      withDomain({
        devices: "<disk type='block'><source dev='/dev/sdb'/><target dev='sda' bus='sata'/></disk>",
      }),
      (facts) => {
        const uses = [
          { kind: 'mounted' as const, node: '/dev/sdb1', places: ['/data', '/boot/efi'] },
        ];
        const place = { found: fileFacts({ kind: 'other' }), uses, unread: {} };
        facts.paths = new Map([['/dev/sdb', place]]);
      },
    ),
  );
  expect(result).toMatchObject({ remedy: null, advice: 'Take the disk out of the domain.' });
});

test('a name that is no word reaches no shell as more than a word', () => {
  const [result] = found('domain.pins', withDomain({ name: "a'; reboot", pins: [9] }));
  expect(result?.remedy).toBe(String.raw`virsh --connect qemu:///system edit 'a'\''; reboot'`);
});
