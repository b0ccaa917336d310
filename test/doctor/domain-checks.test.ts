import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import type { FileFacts } from '../../src/host/ports.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import type { ModuleState } from '../../src/system/kernel.ts';
import type { UefiVerdict } from '../../src/vbios/rom.ts';
import { domainXml } from '../machines/domain.ts';
import { card, fileFacts, found, withDomain, type Change } from './healthy.ts';
import { both, having, line, type Row, testRows } from './rows.ts';

const guest = (at: number, changes: Parameters<typeof card>[1]): Change => {
  return ({ pci }) => {
    Object.assign(pci.devices[at] ?? {}, changes);
  };
};
const vega = { vendor: '1002', device: '687f', resetMethods: ['bus'] };
const vendorReset =
  (state: ModuleState): Change =>
  ({ kernel }) => {
    kernel.modules['vendor_reset'] = state;
  };
/** Two fast cores of two threads, and four small ones. */
const hybrid = having('cpu', {
  hybrid: { fast: [0, 1, 2, 3], small: [4, 5, 6, 7] },
  processors: [[0, 1], [2, 3], [4], [5], [6], [7]].flatMap((siblings) =>
    siblings.map((number) => ({ number, siblings })),
  ),
});
const halves = [
  [0, 1, 4, 5],
  [2, 3, 6, 7],
];
const gpu = { pci: ['01:00.0', '01:00.1'] };

const soundAlone = withDomain({ pci: ['01:00.1'], isManaged: false });

/** The one card on which the host has displays. */
function shownOn(address: string, ...connectors: string[]): Change {
  return ({ pci }) => {
    const displays = connectors.map((name) => ({
      kind: 'display' as const,
      connector: `card0-${name}`,
    }));
    pci.uses.byDevice = new Map([[address, displays]]);
    pci.uses.withConnectors = new Set([address]);
  };
}

/** Neither the file that a domain names nor its folder is there. */
function withoutRom(file: string): Change {
  return both(withDomain({ ...gpu, rom: file }), (facts) => {
    facts.paths = new Map(
      [file, dirname(file)].map((path) => [path, { found: 'absent', uses: [], unread: {} }]),
    );
  });
}

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
const shmemBytes = 32 * 1024 ** 2;

function withRom(uefi: UefiVerdict | null, headerBytes = 0): Change {
  const unread: Record<string, string> = uefi === null ? { uefi: 'permission denied' } : {};
  return both(withDomain({ ...gpu, rom: '/etc/gpu.rom' }), (facts) => {
    facts.paths = new Map([['/etc/gpu.rom', { found: fileFacts(), uses: [], unread: {} }]]);
    const cards = uefi === null ? [] : ['10de:2684'];
    facts.roms = new Map([['/etc/gpu.rom', { uefi, cards, headerBytes, unread }]]);
  });
}

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
  {
    id: 'domain.pins',
    when: 'a processor does not exist',
    change: withDomain({ pins: [9] }),
    verdict: 'problem',
    says: 'vcpu 0 to 9',
  },
  {
    id: 'domain.pins',
    when: 'a vcpu does not exist',
    change: withDomain({ vcpus: 2, pins: [1, 5, 2] }),
    verdict: 'problem',
    says: 'It pins vcpu 2, and has 2 vcpus',
  },
  {
    id: 'domain.pinned-caches',
    when: 'two caches are used where one would do',
    change: both(withDomain({ pins: [1, 2] }), having('cpu', { caches: halves })),
    verdict: 'warning',
    todo: 'One cache has the processors 0-1,4-5',
  },
  {
    id: 'domain.pinned-caches',
    when: 'no cache is for as many',
    change: both(withDomain({ pins: [0, 1, 2, 4, 5, 6] }), having('cpu', { caches: halves })),
    verdict: 'ok',
    says: 'since none has 6',
  },
  {
    id: 'domain.pinned-caches',
    when: 'one cache is used',
    change: both(withDomain({ pins: [0, 1] }), having('cpu', { caches: halves })),
    verdict: 'ok',
    says: 'share one cache',
  },
  {
    id: 'domain.pinned-cores',
    when: 'half a core is pinned',
    change: withDomain({ pins: [1, 2] }),
    verdict: 'warning',
    todo: '0+4, 1+5',
  },
  {
    id: 'domain.pinned-cores',
    when: 'threads are told as cores',
    change: withDomain({ pins: [1, 5, 2, 6] }),
    verdict: 'warning',
    todo: "threads='2'",
  },
  {
    id: 'domain.pinned-nodes',
    when: 'its card is on another node',
    change: both(withDomain({ pins: [1, 5], ...gpu }), guest(1, { numaNode: 1 }), ({ cpu }) => {
      cpu.nodes = [
        { number: 0, processors: [0, 1, 2, 3, 4, 5] },
        { number: 1, processors: [6, 7] },
      ];
    }),
    verdict: 'warning',
    todo: 'That node has the processors 6-7',
  },
  {
    id: 'domain.topology',
    when: 'it sees one core in each of four sockets',
    change: withDomain({ topology: '' }),
    verdict: 'warning',
    todo: "cores='4'",
  },
  {
    id: 'domain.topology',
    when: 'it is for another number of vcpus',
    change: withDomain({ topology: "<topology sockets='1' cores='3' threads='1'/>" }),
    verdict: 'problem',
  },
  {
    id: 'domain.topoext',
    when: 'AMD is told threads without it',
    change: both(
      withDomain({ topology: "<topology sockets='1' cores='2' threads='2'/>" }),
      ({ cpu }) => {
        cpu.vendor = 'AuthenticAMD';
      },
    ),
    verdict: 'warning',
    todo: 'topoext',
  },
  {
    id: 'domain.device',
    when: 'no device is there',
    change: withDomain({ pci: ['09:00.0'] }),
    verdict: 'problem',
  },
  {
    id: 'domain.bridge',
    when: 'it is a root port',
    change: both(withDomain(gpu), guest(1, { class: '060400' })),
    verdict: 'problem',
    says: 'PCI bridge',
  },
  {
    id: 'domain.group',
    when: 'the host has another of its group',
    change: both(withDomain(gpu), ({ pci }) => {
      pci.devices.push(card('0000:05:00.0', { class: '020000', driver: 'r8169' }));
    }),
    verdict: 'problem',
    todo: 'sudo driverctl set-override 0000:05:00.0 vfio-pci',
  },
  {
    id: 'domain.group',
    when: 'another of its group goes along',
    change: both(withDomain({ pci: [...gpu.pci, '05:00.0'] }), ({ pci }) => {
      pci.devices.push(card('0000:05:00.0', { class: '020000', driver: 'r8169' }));
    }),
    verdict: 'ok',
  },
  {
    id: 'domain.functions',
    when: 'the sound is left out',
    change: withDomain({ pci: ['01:00.0'] }),
    verdict: 'warning',
    says: '0000:01:00.1 (audio device)',
  },
  {
    id: 'domain.host-use',
    when: "it is the host's display",
    change: withDomain({ pci: ['00:02.0'] }),
    verdict: 'problem',
    says: 'the display on DP-1',
  },
  {
    id: 'domain.host-use',
    when: "several of the host's displays are on it",
    change: both(withDomain({ pci: ['00:02.0'] }), shownOn('0000:00:02.0', 'DP-1', 'HDMI-A-1')),
    verdict: 'problem',
    says: 'the host loses the display on DP-1; the display on HDMI-A-1: a display of the host is on it.',
  },
  {
    id: 'domain.host-use',
    when: 'its driver shows no connectors',
    change: both(withDomain(gpu), guest(1, { driver: 'nvidia' })),
    verdict: 'unknown',
    says: 'the driver nvidia does not say whether the host has a display on it',
  },
  {
    id: 'domain.host-use',
    when: 'the host shows on it as the firmware has left it',
    change: both(withDomain(gpu), guest(1, { driver: null, bootVga: true }), ({ pci }) => {
      pci.uses.byDevice = new Map([
        ['0000:01:00.0', [{ kind: 'firmware-screen', name: 'EFI VGA' }]],
      ]);
    }),
    verdict: 'problem',
    says: 'the screen of the firmware (EFI VGA): the host shows on nothing else',
  },
  {
    id: 'domain.group',
    when: 'the host shows on the card whose sound stays behind',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { driver: 'nouveau' }),
      guest(2, { driver: 'snd_hda_intel' }),
      shownOn('0000:01:00.0', 'DP-1'),
    ),
    verdict: 'problem',
    todo: ' The host would lose the display on DP-1: see to that first.',
  },
  {
    id: 'domain.driver',
    when: 'the host shows on the card that it is the sound of',
    change: both(
      withDomain({ pci: ['01:00.0', '01:00.1'], isManaged: false }),
      guest(1, { driver: 'nouveau' }),
      guest(2, { driver: null }),
      shownOn('0000:01:00.0', 'DP-1'),
    ),
    verdict: 'none',
  },
  {
    id: 'domain.driver',
    when: 'it is the sound of the only card, of which the driver shows no connectors',
    change: both(
      withDomain({ pci: ['01:00.1', '01:00.0'], isManaged: false }),
      guest(1, { driver: 'nvidia' }),
      guest(2, { driver: null }),
      shownOn('0000:00:02.0'),
    ),
    verdict: 'problem',
    todo: ' The driver nvidia does not say whether',
  },
  {
    id: 'domain.driver',
    when: "libvirt is not to change it and it has the host's",
    change: both(soundAlone, guest(2, { driver: 'snd_hda_intel' })),
    verdict: 'problem',
    todo: 'sudo driverctl set-override 0000:01:00.1 vfio-pci',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it and it has a graphics driver, which a desktop may have open',
    change: both(withDomain({ ...gpu, isManaged: false }), guest(1, { driver: 'nvidia' })),
    verdict: 'problem',
    todo: 'vfio-pci.ids=10de:2684,10de:22ba',
  },
  {
    id: 'domain.driver',
    when: "a graphics driver has it, and others' ids are on the kernel's command line",
    change: both(
      withDomain(gpu),
      guest(1, { driver: 'nvidia' }),
      line('vfio-pci.ids=10de:22ba,8086:1533'),
    ),
    verdict: 'warning',
    todo: 'vfio-pci.ids=10de:22ba,8086:1533,10de:2684',
  },
  {
    id: 'domain.driver',
    when: 'a graphics driver has it, and a card that stays has the same ids',
    change: both(withDomain(gpu), guest(1, { driver: 'nvidia' }), ({ pci }) => {
      pci.devices.push(card('0000:03:00.0', { driver: 'nvidia', iommuGroup: 12 }));
    }),
    verdict: 'warning',
    todo: ' From the start: set its driver by address, early at boot, since 0000:03:00.0 has the same ids.',
  },
  {
    id: 'domain.driver',
    when: 'it is a root port, which is not to be taken from the host',
    change: both(
      withDomain({ ...gpu, isManaged: false }),
      guest(1, { class: '060400', driver: 'pcieport' }),
    ),
    verdict: 'ok',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is to take it from a graphics driver',
    change: both(withDomain(gpu), guest(1, { driver: 'nvidia' })),
    verdict: 'warning',
    todo: 'vfio-pci.ids=10de:2684,10de:22ba',
  },
  {
    id: 'domain.reset',
    when: 'it has none',
    change: both(withDomain(gpu), guest(1, { canReset: false, resetMethods: [], bridges: [] })),
    verdict: 'warning',
    says: 'cannot reset it',
  },
  {
    id: 'domain.reset',
    when: 'its bus can be reset, and the domain has all that is on it',
    change: both(
      withDomain(gpu),
      ...[1, 2].map((at) => guest(at, { canReset: false, resetMethods: [] })),
    ),
    verdict: 'ok',
  },
  {
    id: 'domain.reset',
    when: 'its bus can be reset, and a function on it is not in the domain',
    change: both(withDomain({ pci: ['01:00.0'] }), guest(1, { canReset: false, resetMethods: [] })),
    verdict: 'warning',
    says: 'nor its bus while 0000:01:00.1 is not with the same guest',
  },
  {
    id: 'domain.rom',
    when: 'the machine starts on it',
    change: both(withDomain(gpu), guest(1, { bootVga: true })),
    verdict: 'warning',
    todo: " Choose another card as the first in the firmware's setup and run `sudo handglass vbios dump 0000:01:00.0 --to gpu.rom` then",
  },
  {
    id: 'domain.rom',
    when: "the machine starts on it, and it is the processor's, which shows none",
    change: both(withDomain(gpu), guest(1, { bootVga: true, hasRom: false })),
    verdict: 'ok',
    says: 'It shows no ROM',
  },
  {
    id: 'domain.rom',
    when: 'its file is gone',
    change: both(withDomain({ ...gpu, rom: '/etc/gpu.rom' }), (facts) => {
      facts.paths = new Map([['/etc/gpu.rom', { found: 'absent', uses: [], unread: {} }]]);
    }),
    verdict: 'problem',
    todo: 'sudo handglass vbios dump 0000:01:00.0 --to /etc/gpu.rom',
  },
  {
    id: 'domain.rom',
    when: 'its file is gone, and the folder too',
    change: withoutRom('/usr/share/vgabios/gpu.rom'),
    verdict: 'problem',
    todo: 'sudo install -d /usr/share/vgabios && sudo handglass vbios dump 0000:01:00.0 --to /usr/share/vgabios/gpu.rom',
  },
  {
    id: 'domain.rom',
    when: 'its file is gone from /usr, which is not to be changed',
    change: both(withoutRom('/usr/share/vgabios/gpu.rom'), ({ boot }) => {
      Object.assign(boot.distribution ?? {}, { isImmutable: true });
    }),
    verdict: 'problem',
    todo: 'sudo handglass vbios dump 0000:01:00.0 --to gpu.rom Then name that file',
  },
  {
    id: 'domain.rom-uefi',
    when: 'its ROM has a header in front',
    change: withRom({ usable: false, reason: 'UEFI does not look behind it.' }, 512),
    verdict: 'warning',
    todo: 'handglass vbios strip /etc/gpu.rom',
  },
  {
    id: 'domain.rom-uefi',
    when: 'its ROM has a driver',
    change: withRom({ usable: true, reason: 'Image 2.' }),
    verdict: 'ok',
  },
  {
    id: 'domain.rom-uefi',
    when: 'its ROM cannot be read',
    change: withRom(null),
    verdict: 'unknown',
  },
  {
    id: 'domain.rom-card',
    when: 'its ROM is for another card',
    change: both(withRom({ usable: true, reason: 'Image 2.' }), guest(1, { device: '1b80' })),
    verdict: 'problem',
    says: '/etc/gpu.rom is for 10de:2684, and the card is 10de:1b80.',
    todo: 'sudo handglass vbios dump 0000:01:00.0 --to gpu.rom',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and the kernel goes its own way',
    change: both(withDomain(gpu), guest(1, vega), vendorReset('loaded')),
    verdict: 'warning',
    todo: 'echo device_specific | sudo tee /sys/bus/pci/devices/0000:01:00.0/reset_method',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and the card has no file to choose it in',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, canReset: false, resetMethods: [] }),
      vendorReset('loaded'),
    ),
    verdict: 'warning',
    todo: ' Let the guest eject it',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset does it, on a kernel that asks it at each reset',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, canReset: false, resetMethods: [] }),
      vendorReset('loaded'),
      having('kernel', { version: [5, 14] }),
    ),
    verdict: 'ok',
    says: 'vendor-reset resets it',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset does it',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, resetMethods: ['device_specific', 'bus'] }),
      vendorReset('loaded'),
    ),
    verdict: 'ok',
    says: 'device_specific',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset does it, on a kernel that tells no methods',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, resetMethods: null }),
      vendorReset('loaded'),
    ),
    verdict: 'ok',
    says: 'vendor-reset',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is loaded, and nobody tells how the kernel resets the card',
    change: both(
      withDomain({ pci: ['01:00.0'] }),
      guest(1, { ...vega, resetMethods: null, unread: { resetMethods: 'no answer' } }),
      vendorReset('loaded'),
    ),
    verdict: 'unknown',
  },
  {
    id: 'domain.reset',
    when: 'vendor-reset is there and not loaded',
    change: both(withDomain(gpu), guest(1, vega)),
    verdict: 'warning',
    todo: 'sudo modprobe vendor-reset',
  },
  {
    id: 'domain.reset',
    when: 'there is no vendor-reset',
    change: both(withDomain(gpu), guest(1, vega), vendorReset('absent')),
    verdict: 'warning',
    todo: 'handglass-guest install --eject "PCI\\VEN_1002&DEV_687F"',
  },
  {
    id: 'domain.outputs',
    when: 'it is a 3D controller',
    change: both(withDomain(gpu), guest(1, { class: '030200', hasRom: false })),
    verdict: 'warning',
    todo: 'display of software',
  },
  {
    id: 'domain.rom',
    when: "a laptop's firmware keeps it",
    change: both(withDomain(gpu), guest(1, { class: '030200', hasRom: false })),
    verdict: 'ok',
    says: "a laptop's own firmware",
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it, and driverctl is not installed',
    change: both(
      soundAlone,
      guest(2, { driver: 'snd_hda_intel' }),
      having('pci', { takers: ['virsh'] }),
    ),
    verdict: 'problem',
    todo: 'sudo virsh --connect qemu:///system nodedev-detach pci_0000_01_00_1 That lasts',
  },
  {
    id: 'domain.driver',
    when: 'libvirt is not to change it, and nothing that could is installed',
    change: both(soundAlone, guest(2, { driver: 'snd_hda_intel' }), having('pci', { takers: [] })),
    verdict: 'problem',
    todo: 'It takes driverctl or libvirt',
  },
  {
    id: 'domain.pinned-kinds',
    when: 'it has fast and small ones',
    change: both(hybrid, withDomain({ pins: [0, 1, 4, 5] })),
    verdict: 'warning',
    says: 'fast cores (0-1) and to small ones (4-5)',
  },
  {
    id: 'domain.pinned-kinds',
    when: 'it has small ones alone',
    change: both(hybrid, withDomain({ pins: [4, 5, 6, 7] })),
    verdict: 'ok',
  },
  {
    id: 'domain.pinned-cores',
    when: 'it has small ones alone, of one thread each',
    change: both(hybrid, withDomain({ pins: [4, 5, 6, 7] })),
    verdict: 'ok',
  },
  {
    id: 'domain.sound',
    when: 'the running guest uses no MSI',
    change: withDomain(gpu, true),
    verdict: 'warning',
    todo: 'MSISupported',
  },
  {
    id: 'domain.hidden',
    when: 'no driver of the card starts in a guest that shows it',
    change: both(withDomain(gpu), guest(1, { device: '0dc0' })),
    verdict: 'warning',
    todo: "<hidden state='on'/>",
  },
  {
    id: 'domain.hidden',
    when: 'the card has newer drivers',
    change: withDomain(gpu),
    verdict: 'ok',
  },
  {
    id: 'domain.vendor-id',
    when: 'it is too long',
    change: withDomain({ hyperv: "<vendor_id state='on' value='0123456789abc'/>" }),
    verdict: 'problem',
    says: '13 characters',
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
