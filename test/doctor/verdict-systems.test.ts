/** What `handglass groups` says of the kernel's command line and of modules, by how the system is changed. */
import { describe, expect, test } from 'vitest';
import { verdicts } from '../../src/doctor/verdict.ts';
import type { SystemTool } from '../../src/system/distribution.ts';
import { type Change, healthy } from './healthy.ts';
import { both, guest, having } from './rows.ts';

const start =
  "in the system's configuration (/etc/nixos/configuration.nix), run `sudo nixos-rebuild boot`, and start the machine anew.";

/** What is to be done about the first of these obstacles of the card. */
function remedyOn(systemTool: SystemTool, id: string, change: Change): string {
  const { pci } = healthy(both(having('pci', { systemTool }), change));
  const card = verdicts(pci).find(({ address }) => address === '0000:01:00.0');
  return card?.obstacles.find((each) => each.id === id)?.remedy ?? `no ${id}`;
}

const iommu = (changes: Record<string, unknown>): Change => {
  return ({ pci }) => void Object.assign(pci.iommu, changes);
};
const off = iommu({ isOn: false, parameters: [], firmwareTables: ['DMAR'] });
const toldOff = iommu({ isOn: false, parameters: ['intel_iommu=off'] });
const unmapped = iommu({ interruptRemapping: false, parameters: ['nointremap'] });
const unbound = guest(1, { driver: null });
const leftOut = both(
  iommu({ parameters: ['intel_iommu=on,igfx_off'] }),
  guest(1, { iommuGroup: null }),
);
const mute = guest(1, { driver: 'nvidia' });
const vega = (resetMethods: string[] | null) =>
  guest(1, { vendor: '1002', device: '687f', resetMethods });

describe.each<[SystemTool, [string, Change, string][]]>([
  [
    'nixos-rebuild',
    [
      [
        'iommu-off',
        off,
        `The firmware offers it. Put \`"intel_iommu=on"\` into \`boot.kernelParams\` ${start}`,
      ],
      ['iommu-off', toldOff, `Take \`"intel_iommu=off"\` out of \`boot.kernelParams\` ${start}`],
      ['interrupts', unmapped, `Take \`"nointremap"\` out of \`boot.kernelParams\` ${start}`],
      [
        'interrupts',
        unmapped,
        'allow_unsafe_interrupts=1` in `boot.extraModprobeConfig`; where that is built in, `"vfio_iommu_type1.allow_unsafe_interrupts=1"` in `boot.kernelParams`.',
      ],
      ['driver', unbound, 'From the start: `"vfio-pci.ids=10de:2684"` in `boot.kernelParams`.'],
      [
        'no-group',
        leftOut,
        `graphics out. Put \`"intel_iommu=on"\` into \`boot.kernelParams\` in place of \`"intel_iommu=on,igfx_off"\` ${start}`,
      ],
      [
        'no-reset',
        vega(['bus']),
        ', or put `config.boot.kernelPackages.vendor-reset` into `boot.extraModulePackages` and `"vendor-reset"` into `boot.kernelModules`, and then run `echo device_specific | sudo tee /sys/bus/pci/devices/0000:01:00.0/reset_method`.',
      ],
      ['use-unknown', mute, 'With `"nvidia-drm.modeset=1"` in `boot.kernelParams` it does'],
    ],
  ],
  [
    'rpm-ostree',
    [
      [
        'iommu-off',
        off,
        'it. Run `sudo rpm-ostree kargs --append-if-missing=intel_iommu=on`. Then start',
      ],
      ['interrupts', unmapped, 'Run `sudo rpm-ostree kargs --delete-if-present=nointremap`.'],
      ['interrupts', unmapped, 'allow_unsafe_interrupts=1` in /etc/modprobe.d; where'],
      ['no-reset', vega(['bus']), ', or have the module vendor-reset built for this kernel where'],
      ['driver', unbound, "the kernel's command line (`sudo rpm-ostree kargs --editor`)."],
    ],
  ],
  [
    'bootc',
    [
      ['iommu-off', toldOff, 'Take `"intel_iommu=off"` out of the `kargs` of a file in'],
      ['driver', unbound, '`"vfio-pci.ids=10de:2684"` in the `kargs` of a file in /usr/lib/bootc'],
    ],
  ],
  [
    'abroot',
    [
      ['iommu-off', off, "Run `sudo abroot kargs edit`. Put `intel_iommu=on` on the kernel's"],
      ['driver', unbound, "the kernel's command line (`sudo abroot kargs edit`)."],
    ],
  ],
  [
    'transactional-update',
    [
      ['iommu-off', off, "Put `intel_iommu=on` on the kernel's command line, and start"],
      ['driver', unbound, "`vfio-pci.ids=10de:2684` on the kernel's command line."],
    ],
  ],
  [
    'packages',
    [
      ['no-reset', vega(null), 'in Windows), or load the module vendor-reset.'],
      ['no-reset', vega([]), 'or with a Linux before 5.15 load the module vendor-reset.'],
    ],
  ],
])('where %s changes the system', (systemTool, rows) => {
  test.each(rows)('%s is told of as it is done there: %#', (id, change, remedy) => {
    expect(remedyOn(systemTool, id, change)).toContain(remedy);
  });
});
