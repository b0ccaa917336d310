import { dirname } from 'node:path';
import type { UefiVerdict } from '../../src/vbios/rom.ts';
import { fileFacts, withDomain, type Change } from './healthy.ts';
import { both, gpu, guest, having, type Row, testRows } from './rows.ts';

/** Neither the file that a domain names nor its folder is there. */
function withoutRom(file: string): Change {
  return both(withDomain({ ...gpu, rom: file }), (facts) => {
    facts.paths = new Map(
      [file, dirname(file)].map((path) => [path, { found: 'absent', uses: [], unread: {} }]),
    );
  });
}

function withRom(uefi: UefiVerdict | null, headerBytes = 0): Change {
  const unread: Record<string, string> = uefi === null ? { uefi: 'permission denied' } : {};
  return both(withDomain({ ...gpu, rom: '/etc/gpu.rom' }), (facts) => {
    facts.paths = new Map([['/etc/gpu.rom', { found: fileFacts(), uses: [], unread: {} }]]);
    const cards = uefi === null ? [] : ['10de:2684'];
    facts.roms = new Map([['/etc/gpu.rom', { uefi, cards, headerBytes, unread }]]);
  });
}

/** The guest sees the card's own. */
function withOwnRom(uefi: UefiVerdict): Change {
  return both(withDomain(gpu), (facts) => {
    const path = '/sys/bus/pci/devices/0000:01:00.0/rom';
    facts.roms = new Map([[path, { uefi, cards: ['10de:2684'], headerBytes: 0, unread: {} }]]);
  });
}
const legacyAlone = { usable: false, reason: 'It has no EFI image.' };

const rows: Row[] = [
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
    change: both(
      withoutRom('/usr/share/vgabios/gpu.rom'),
      having('boot', { systemTool: 'unknown' }),
    ),
    verdict: 'problem',
    todo: 'sudo handglass vbios dump 0000:01:00.0 --to gpu.rom Then name that file in the domain: this system changes /usr/share/vgabios only as a whole.',
  },
  {
    id: 'domain.rom',
    when: 'its file is gone from a folder that an ostree does not have',
    change: both(withoutRom('/vbios/gpu.rom'), having('boot', { systemTool: 'rpm-ostree' })),
    verdict: 'problem',
    todo: '--to gpu.rom Then name that file in the domain: this system changes /vbios only',
  },
  ...['/var/lib/gpu.rom', '/usr/local/share/gpu.rom'].map((file): Row => ({
    id: 'domain.rom',
    when: `its file is gone from ${file}, which an ostree lets people change`,
    change: both(withoutRom(file), having('boot', { systemTool: 'rpm-ostree' })),
    verdict: 'problem',
    todo: `sudo handglass vbios dump 0000:01:00.0 --to ${file}`,
  })),
  {
    id: 'domain.rom',
    when: 'its file is gone with an old build of a NixOS',
    change: both(
      withoutRom('/nix/store/0-rom/gpu.rom'),
      having('boot', { systemTool: 'nixos-rebuild' }),
    ),
    verdict: 'problem',
    todo: '--to gpu.rom Then name that file in the domain: this system changes /nix/store/0-rom only',
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
    id: 'domain.rom-uefi',
    when: "the card's own ROM has no driver",
    change: withOwnRom(legacyAlone),
    verdict: 'warning',
    says: 'UEFI finds no driver in its own ROM',
    todo: " It has no EFI image. Name a file with an EFI image for this card in the domain (<rom file='…'/>)",
  },
  {
    id: 'domain.rom-uefi',
    when: "the card's own ROM has a driver",
    change: withOwnRom({ usable: true, reason: 'Image 2.' }),
    verdict: 'ok',
    says: 'in its own ROM',
  },
  {
    id: 'domain.rom-uefi',
    when: "the card's own ROM was not shown",
    change: withDomain(gpu),
    verdict: 'none',
  },
  {
    id: 'domain.rom-uefi',
    when: "the card's own ROM has no driver, and the guest does not see it",
    change: both(withOwnRom(legacyAlone), ({ libvirt }) => {
      const hostdev = libvirt.domains?.[0]?.xml?.pci[0];
      if (hostdev !== undefined) hostdev.rom.isShown = false;
    }),
    verdict: 'none',
  },
  {
    id: 'domain.rom-uefi',
    when: "the card's own ROM has no driver, and the domain starts by a BIOS",
    change: both(withOwnRom(legacyAlone), ({ libvirt }) => {
      const firmware = libvirt.domains?.[0]?.xml?.firmware;
      if (firmware !== undefined) firmware.isUefi = false;
    }),
    verdict: 'none',
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
    id: 'domain.rom',
    when: "a laptop's firmware keeps it",
    change: both(withDomain(gpu), guest(1, { class: '030200', hasRom: false })),
    verdict: 'ok',
    says: "a laptop's own firmware",
  },
];

testRows(rows);
