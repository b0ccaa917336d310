import { expect, test } from 'vitest';
import type { FileFacts } from '../../src/host/ports.ts';
import { parseDomainXml } from '../../src/libvirt/domain-xml.ts';
import { domainXml } from '../machines/domain.ts';
import { fileFacts, found, withDomain, type Change } from './healthy.ts';
import { both, gpu, type Row, testRows } from './rows.ts';

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
];

testRows(rows);

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
