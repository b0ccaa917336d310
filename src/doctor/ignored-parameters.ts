/** Words on the kernel's command line that mean nothing to the kernel, and what was meant. */
import type { KernelParameter } from '../system/kernel-parameters.ts';

export interface Misspelling {
  /** Why it does nothing, as a sentence. */
  why: string;
  /** What was meant; none where nothing is needed. */
  instead: string[];
  /** Whether something is lost by it. */
  isHarmless: boolean;
}

export function misspellingOf(parameter: KernelParameter): Misspelling | null {
  const { name, value, text } = parameter;
  const [, right] = otherNames.find(([wrong]) => wrong === name) ?? [];
  if (right !== undefined && value === null && !right.includes('=') && !switches.has(right)) {
    return {
      why: `The kernel does not know \`${text}\` and ignores it; what is meant may be \`${right}\`, of which the value is missing.`,
      instead: [],
      isHarmless: false,
    };
  }
  if (right !== undefined) {
    const meant = value === null || right.includes('=') ? right : `${right}=${value}`;
    return {
      why: `The kernel does not know \`${text}\` and ignores it; what is meant is \`${meant}\`.`,
      instead: [meant],
      isHarmless: false,
    };
  }
  return values.get(name)?.(value ?? '') ?? null;
}

/** What is on where no value is given. */
const switches: ReadonlySet<string> = new Set([
  'kvm.ignore_msrs',
  'vfio_iommu_type1.allow_unsafe_interrupts',
]);

/** By the kernel's spelling with underscores. */
const otherNames: readonly [string, string][] = [
  ['iommu_pt', 'iommu=pt'],
  ['iommu.pt', 'iommu=pt'],
  ['vfio_pci.id', 'vfio-pci.ids'],
  ['vfio_pci_ids', 'vfio-pci.ids'],
  ['vfio.ids', 'vfio-pci.ids'],
  ['vfio_pci', 'vfio-pci.ids'],
  ['pci_stub.id', 'pci-stub.ids'],
  ['intel.iommu', 'intel_iommu'],
  ['iommu_intel', 'intel_iommu'],
  ['pci_acs_override', 'pcie_acs_override'],
  ['acs_override', 'pcie_acs_override'],
  ['pcie_acs_overide', 'pcie_acs_override'],
  ['efifb:off', 'video=efifb:off'],
  ['efifb', 'video=efifb:off'],
  ['isolcpu', 'isolcpus'],
  ['isolated_cpus', 'isolcpus'],
  ['nohz_fulls', 'nohz_full'],
  ['rcu_nocb', 'rcu_nocbs'],
  ['hugepage', 'hugepages'],
  ['hugepages_sz', 'hugepagesz'],
  ['hugepagez', 'hugepagesz'],
  ['hugepagesize', 'hugepagesz'],
  ['default_hugepagez', 'default_hugepagesz'],
  ['default_hugepages', 'default_hugepagesz'],
  ['transparent_hugepages', 'transparent_hugepage'],
  ['kvm.ignore_msr', 'kvm.ignore_msrs'],
  ['modprobe_blacklist', 'modprobe.blacklist'],
  ['allow_unsafe_interrupts', 'vfio_iommu_type1.allow_unsafe_interrupts'],
  ['vfio.allow_unsafe_interrupts', 'vfio_iommu_type1.allow_unsafe_interrupts'],
];

const values = new Map<string, (value: string) => Misspelling | null>(
  Object.entries({
    amd_iommu: (value: string) => {
      if (!/^(on|1|yes|true|pt)$/.test(value)) return null;
      return {
        why: `The kernel does not know \`amd_iommu=${value}\` and ignores it: AMD's IOMMU is on unless it is told to be off.`,
        instead: value === 'pt' ? ['iommu=pt'] : [],
        isHarmless: value !== 'pt',
      };
    },
    intel_iommu: (value: string) => {
      const words = value.split(',');
      const strange = words.filter((word) => !intelWords.test(word));
      if (strange.length === 0) return null;
      const meant = strange.includes('pt') ? ['iommu=pt'] : [];
      return {
        why: `The kernel does not know \`${strange.join(',')}\` in \`intel_iommu=${value}\` and ignores it.`,
        instead: ['intel_iommu=on', ...meant],
        isHarmless: false,
      };
    },
    iommu: (value: string) => {
      if (/^pt[^,]/.test(value)) {
        return {
          why: `The kernel reads \`iommu=${value}\` as \`iommu=pt\`, by its first letters.`,
          instead: ['iommu=pt'],
          isHarmless: true,
        };
      }
      if (!/^(on|1|yes|true|enable|enabled)$/.test(value)) return null;
      return {
        why: `The kernel does not know \`iommu=${value}\` and ignores it; Intel's IOMMU is turned on by \`intel_iommu=on\`, and AMD's is on.`,
        instead: ['intel_iommu=on'],
        isHarmless: false,
      };
    },
    video: (value: string) =>
      value === 'efifb=off' || value === 'efifb'
        ? {
            why: `The kernel does not understand \`video=${value}\`; what is meant is \`video=efifb:off\`.`,
            instead: ['video=efifb:off'],
            isHarmless: false,
          }
        : null,
    'vfio_pci.ids': idsMisspelling('vfio-pci.ids'),
    'pci_stub.ids': idsMisspelling('pci-stub.ids'),
  }),
);

const intelWords =
  /^(on|off|igfx_off|strict|sm_on|sm_off|sp_off|forcedac|tboot_noforce|eccap|nobounce|legacy)$/;

function idsMisspelling(name: string): (value: string) => Misspelling | null {
  return (value) => {
    const ids = value.split(',').filter(Boolean);
    if (ids.length > 0 && ids.every((id) => /^[\da-f]{4}:[\da-f]{4}(:[\da-f:]+)?$/i.test(id))) {
      return null;
    }
    const meant = value.match(/[\da-f]{4}:[\da-f]{4}/gi) ?? [];
    return {
      why: `The ids of \`${name}=${value}\` cannot be read: they stand as 10de:13c2,10de:0fbb, with commas between them.`,
      instead: meant.length === 0 ? [] : [`${name}=${meant.join(',').toLowerCase()}`],
      isHarmless: false,
    };
  };
}
