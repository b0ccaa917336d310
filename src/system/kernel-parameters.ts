/** The kernel's command line as parameters, and what those that matter to guests mean. */

export interface KernelParameter {
  /** As it stands there: `vfio-pci.ids=10de:13c2`. */
  text: string;
  /** Before the equals sign, in the kernel's one spelling: `vfio_pci.ids`. */
  name: string;
  /** Behind it; null where there is none. */
  value: string | null;
}

/** Words between spaces, which a value in double quotes may hold too; `--` ends them. */
export function kernelParameters(commandLine: string): KernelParameter[] {
  const words: string[] = commandLine.match(/(?:[^\s"]|"[^"]*(?:"|$))+/g) ?? [];
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).map((text) => {
    const [, name = text, value] = /^([^=]+)=([^]*)$/.exec(text.replaceAll('"', '')) ?? [];
    return { text, name: kernelSpelling(name), value: value ?? null };
  });
}

/** The kernel takes `-` and `_` for the same in names of parameters and modules. */
export function kernelSpelling(name: string): string {
  return name.replaceAll('-', '_');
}

/** What a parameter does, as a sentence; null where it has nothing to do with guests. */
export function meaningOf({ name, value }: KernelParameter): string | null {
  const meaning = own(meanings, name);
  return typeof meaning === 'function' ? meaning(value ?? '') : meaning;
}

/** Nothing that every object has, such as `constructor`. */
function own<T>(table: Record<string, T>, name: string): T | null {
  return Object.hasOwn(table, name) ? (table[name] ?? null) : null;
}

const meanings: Record<string, string | ((value: string) => string | null)> = {
  intel_iommu: (value) => {
    const words = value.split(',').map((word) => own(intelIommu, word));
    return words.includes(null) ? null : words.join(' ');
  },
  amd_iommu: (value) => own(amdIommu, value),
  iommu: (value) => own(iommu, value),
  intremap: (value) =>
    value === 'off' ? 'Devices may raise any interrupt.' : 'It says how interrupts are remapped.',
  'vfio_pci.ids':
    'vfio-pci takes the devices with these ids, where it is built in or loaded first.',
  'vfio_pci.disable_vga': 'vfio-pci leaves the old VGA ranges alone.',
  'vfio_pci.disable_idle_d3': 'vfio-pci keeps idle devices awake.',
  'vfio_iommu_type1.allow_unsafe_interrupts':
    'VFIO does without interrupt remapping, so that a guest could raise interrupts of the host.',
  'pci_stub.ids': 'pci-stub keeps the devices with these ids from their drivers.',
  pcie_acs_override:
    'A kernel with the ACS patch claims that devices are kept apart which are not.',
  'rd.driver.pre': 'The initramfs loads this module before the others.',
  isolcpus: 'The scheduler leaves these processors alone.',
  nohz_full: 'These processors have no timer tick while one program runs on them.',
  rcu_nocbs: 'These processors are spared the clearing away of the kernel (RCU).',
  irqaffinity: 'Interrupts go to these processors.',
  hugepages: 'So many huge pages are set aside at the start.',
  hugepagesz: 'It is the size of the huge pages that are named behind it.',
  default_hugepagesz: 'It is the size of huge pages where nobody says which.',
  transparent_hugepage: 'It says when memory is taken in huge pages by itself.',
  video: (value) =>
    /^(efifb|vesafb|simplefb):off/.test(value)
      ? "The firmware's screen is left alone, on kernels before 5.16 or without simpledrm."
      : null,
  initcall_blacklist: (value) =>
    value === 'sysfb_init' ? "The kernel leaves the firmware's screen alone." : null,
  'kvm.ignore_msrs': 'A guest that asks for unknown registers of the processor is not stopped.',
  'kvm_amd.npt': (value) =>
    value === '0' ? 'Guests do without nested page tables, which makes them slow.' : null,
  'kvm_intel.nested': 'Guests may run guests.',
  'kvm_amd.nested': 'Guests may run guests.',
  'kvmfr.static_size_mb': 'The module kvmfr makes shared memory of these sizes in MiB.',
  mitigations: (value) =>
    value === 'off' ? 'The processor is not kept from leaking between programs and guests.' : null,
  'systemd.unified_cgroup_hierarchy': 'It says which control groups are used.',
  nomodeset: 'No graphics driver sets a mode of its own.',
  pci: (value) =>
    /(^|,)(noaer|realloc|nommconf|pcie_bus_)/.test(value)
      ? 'It changes how PCI devices are set up.'
      : null,
  pcie_aspm: 'It says how PCI Express links save power.',
};

const intelIommu: Record<string, string> = {
  on: "Intel's IOMMU is on.",
  off: "Intel's IOMMU is off.",
  igfx_off: "The processor's own graphics are left out of it, and cannot go to a guest.",
  strict: 'Every change of it takes effect at once.',
  sm_on: 'Its scalable mode is used.',
  sm_off: 'Its scalable mode is not used.',
  sp_off: 'It does without large pages.',
  forcedac: 'It is off for no device.',
  tboot_noforce: 'It may be off even under tboot.',
};

const amdIommu: Record<string, string> = {
  off: "AMD's IOMMU is off.",
  fullflush: 'Every change of it takes effect at once.',
  force_isolation: 'No device is let past it.',
  force_enable: 'It is on even where the kernel knows it to be faulty.',
  pgtbl_v1: 'It uses the first form of its tables.',
  pgtbl_v2: 'It uses the second form of its tables.',
};

const iommu: Record<string, string> = {
  pt: "The host's own devices pass the IOMMU by, which costs them nothing.",
  nopt: "The host's own devices go through the IOMMU.",
  off: 'The IOMMU is off.',
  force: 'The IOMMU is on for all devices.',
  noforce: 'The IOMMU is on only where it is needed.',
  soft: 'A part of memory stands in for the IOMMU.',
  memaper: 'It is about the old AGP of AMD.',
  merge: 'It is about the old AGP of AMD.',
};
