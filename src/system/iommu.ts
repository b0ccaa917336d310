/** Whether this machine can keep devices apart (IOMMU), and into which groups it has put them. */
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, optionalAttribute } from './attributes.ts';
import { boundedMap } from './bounded.ts';
import { moduleRules } from './kernel.ts';
import { kernelParameters } from './kernel-parameters.ts';
import { isPciAddress } from './pci-address.ts';
import { printable } from '../printable.ts';
import { expected, type Unread, unlessUnread } from './unread.ts';

export type IommuKind = 'intel' | 'amd' | 'arm-smmu' | 'virtio' | 'other';

/** What could not be read is null, and `unread` has the reason by the name of the property. */
export interface Iommu {
  isOn: boolean | null;
  /** Null where it is off, or no unit of it is told. */
  kind: IommuKind | null;
  /** The names of its units: `dmar0`, `ivhd0`. */
  units: string[];
  /**
   * Whether a device is kept from raising interrupts that are not its own. Null where the kernel
   * tells of it nowhere, as on all but x86.
   */
  interruptRemapping: boolean | null;
  /** Whether VFIO was told to do without that; null while it is not loaded, and nobody tells it so. */
  unsafeInterrupts: boolean | null;
  /** The firmware's tables of it: `DMAR` (Intel), `IVRS` (AMD), `IORT` (ARM), `VIOT`. */
  firmwareTables: string[] | null;
  /** The words of the kernel's command line that decide over it. */
  parameters: string[] | null;
  groups: IommuGroupFacts[];
  /**
   * What VFIO has put PCI devices into that are in no group, as `enable_unsafe_noiommu_mode` tells it to:
   * there is no IOMMU behind these, so that no guest takes them.
   */
  unsafeGroups: IommuGroupFacts[];
  unread: Unread;
}

export interface IommuGroupFacts {
  number: number;
  /** How the host's own drivers use it: `DMA`, `DMA-FQ`, `identity`; null where it is not told. */
  type: string | null;
  /** As the kernel calls them; a platform's devices are no PCI addresses. */
  devices: string[];
  unread: Unread;
}

export async function readIommu(host: ReadFiles): Promise<Iommu> {
  const unread: Unread = {};
  const numbers = await unlessUnread(unread, 'groups', async () =>
    (await namesIn(host, groupsFolder))
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .toSorted((a, b) => a - b),
  );
  const units = await unlessUnread(unread, 'units', () => namesIn(host, unitsFolder));
  const found = await boundedMap(numbers ?? [], 8, (number) => readGroup(host, number));
  const unsafe = found.filter(
    ({ isOfVfio, group }) => isOfVfio && group.devices.some(isPciAddress),
  );
  const on = found.some(({ isOfVfio }) => !isOfVfio) || (units !== null && units.length > 0);
  const firstUnit = units?.[0];
  return {
    isOn: on || (numbers !== null && units !== null ? on : null),
    kind: firstUnit === undefined ? null : await kindOf(host, firstUnit),
    units: (units ?? []).map(printable),
    interruptRemapping: await unlessUnread(unread, 'interruptRemapping', async () =>
      remappingIn(await host.readText('/proc/interrupts')),
    ),
    unsafeInterrupts: await unlessUnread(unread, 'unsafeInterrupts', async () =>
      unsafeInterrupts(host),
    ),
    firmwareTables: await unlessUnread(unread, 'firmwareTables', async () =>
      (await host.listFolder('/sys/firmware/acpi/tables')).filter((name) =>
        /^(DMAR|IVRS|IORT|VIOT)\d*$/.test(name),
      ),
    ),
    parameters: await unlessUnread(unread, 'parameters', async () =>
      (await attribute(host, '/proc/cmdline'))
        .split(/\s+/)
        .filter((word) => /iommu|intremap|pcie_acs|^vfio/.test(word))
        .map(printable),
    ),
    groups: found.filter((each) => !unsafe.includes(each)).map(({ group }) => group),
    unsafeGroups: unsafe.map(({ group }) => group),
    unread,
  };
}

/** Of a group that VFIO has made: of a device behind no IOMMU, or of a virtual one. */
export const nameByVfio = 'vfio-noiommu';

const groupsFolder = '/sys/kernel/iommu_groups';
const unitsFolder = '/sys/class/iommu';

async function readGroup(
  host: ReadFiles,
  number: number,
): Promise<{ group: IommuGroupFacts; isOfVfio: boolean }> {
  const folder = `${groupsFolder}/${number}`;
  const unread: Unread = {};
  const devices = await unlessUnread(unread, 'devices', () => namesIn(host, `${folder}/devices`));
  // Only those that a driver names have such a file.
  const name = await unlessUnread(unread, 'name', () => optionalAttribute(host, `${folder}/name`));
  const group = {
    number,
    // Kernels before 5.11 have no such file.
    type: await unlessUnread(
      unread,
      'type',
      async () => printable(await optionalAttribute(host, `${folder}/type`)) || null,
    ),
    devices: (devices ?? []).map(printable),
    unread,
  };
  return { group, isOfVfio: name === nameByVfio };
}

/** By the names that the drivers in Linux's drivers/iommu give their units. */
async function kindOf(host: ReadFiles, unit: string): Promise<IommuKind> {
  if (/^dmar\d+$/.test(unit)) return 'intel';
  if (/^ivhd\d+$/.test(unit)) return 'amd';
  if (unit.startsWith('smmu')) return 'arm-smmu';
  const place = await unlessUnread({}, 'place', () => host.readLink(`${unitsFolder}/${unit}`));
  return /(^|\/)virtio\d+(\/|$)/.test(place ?? unit) ? 'virtio' : 'other';
}

/**
 * x86 puts `IR-` before the name of each interrupt controller behind a remapping unit:
 *
 *      24:   1   0   IR-PCI-MSI 376832-edge   nvme0q0
 */
function remappingIn(interrupts: string): boolean {
  if (/\sIR-(PCI-MSIX?|IO-APIC)/.test(interrupts)) return true;
  if (/\s(PCI-MSIX?|IO-APIC)/.test(interrupts)) return false;
  throw new Error('/proc/interrupts tells of it on x86 alone');
}

async function unsafeInterrupts(host: ReadFiles): Promise<boolean | null> {
  const file = '/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts';
  const text = await optionalAttribute(host, file);
  if (text !== '') return expected(text, /^([YN])$/) === 'Y';
  // What it will be told once it is loaded.
  const words = [
    ...kernelParameters(await optionalAttribute(host, '/proc/cmdline')),
    ...(await moduleRules(host))
      .filter(({ kind }) => kind === 'options')
      .flatMap(({ module, text: options }) =>
        kernelParameters(options).map((each) => ({ ...each, name: `${module}.${each.name}` })),
      ),
  ];
  const isTold = words.some(
    ({ name, value }) =>
      name === 'vfio_iommu_type1.allow_unsafe_interrupts' && /^(1|y|t|on|$)/i.test(value ?? ''),
  );
  return isTold ? true : null;
}
