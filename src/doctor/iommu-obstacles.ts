/** What of the machine as a whole keeps every device from a guest. */
import type { SystemTool } from '../system/distribution.ts';
import type { Iommu } from '../system/iommu.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { isDeclared } from './declaring.ts';
import type { LineChange } from './kernel-line.ts';
import { changingLine, onLine } from './kernel-line-text.ts';
import type { Obstacle } from './obstacle.ts';

export function iommuObstacles(survey: PciSurvey): Obstacle[] {
  const { iommu, devices } = survey;
  if (iommu.isOn === null) {
    const reason = iommu.unread['groups'] ?? iommu.unread['units'] ?? '';
    return [
      {
        id: 'iommu-unknown',
        weight: 'unknown',
        brief: 'nobody says whether the IOMMU is on',
        explanation: `It could not be read whether the IOMMU is on: ${reason}.`,
        remedy: 'Look again as root.',
      },
    ];
  }
  if (!iommu.isOn) {
    const vendor = devices.find(({ address }) => address.endsWith(':00:00.0'))?.vendor ?? null;
    return [
      {
        id: 'iommu-off',
        weight: 'blocks',
        brief: 'the IOMMU is off',
        explanation: `The IOMMU is off, and without it a guest with a device could write anywhere in memory.${iommu.unsafeGroups.length === 0 ? '' : unsafeModeText}`,
        remedy: howToTurnOn(survey, vendor),
      },
    ];
  }
  return interruptObstacles(iommu, survey);
}

/** Behind another sentence. */
export const unsafeModeText =
  ' VFIO was told to do without (`enable_unsafe_noiommu_mode`), but QEMU takes no such device.';

/** The firmware leaves its table out where it is told to, or the processor has no IOMMU. */
function howToTurnOn(survey: PciSurvey, vendor: string | null): string {
  const { parameters, firmwareTables } = survey.iommu;
  const off = parameters?.find((word) => /^((intel|amd)_)?iommu=(.*,)?off(,|$)/.test(word));
  if (off !== undefined) return changingLine(survey, { remove: [off] });
  const hasTable = firmwareTables !== null && firmwareTables.length > 0;
  if (vendor === '1022') {
    return hasTable
      ? "The kernel's log tells why it is not used: `sudo journalctl --dmesg --grep AMD-Vi`."
      : "Turn on `IOMMU` in the firmware's setup (in menus such as `AMD CBS`), and start the machine anew.";
  }
  const telling = changingLine(survey, { add: ['intel_iommu=on'] });
  if (hasTable) return `The firmware offers it. ${telling}`;
  const setting = "Turn on `VT-d` in the firmware's setup.";
  return firmwareTables === null
    ? `${telling} Where that does not help: ${setting}`
    : `${setting} ${telling}`;
}

/** The word of the kernel's command line that turns interrupt remapping off. */
export function remappingOff({ parameters }: Iommu): string | undefined {
  return parameters?.find((word) => /^(nointremap$|intremap=(.*,)?off)/.test(word));
}

/** What becomes of a word that leaves the processor's graphics out. */
export function lettingGraphicsIn(word: string): LineChange {
  const rest = word.replace(/,igfx_off|igfx_off,/, '');
  return { remove: [word], add: rest === word ? [] : [rest] };
}

/** While it is on. */
export function interruptObstacles(
  iommu: Iommu,
  system: { systemTool: SystemTool | null },
): Obstacle[] {
  const { kind, interruptRemapping, unsafeInterrupts, unread } = iommu;
  if (interruptRemapping === true) return [];
  if (interruptRemapping === null) {
    // Elsewhere the interrupt controller itself keeps devices apart.
    const isElsewhere = kind === null ? unread['units'] === undefined : !/^(intel|amd)$/.test(kind);
    if (isElsewhere) return [];
    return [
      {
        id: 'interrupts',
        weight: 'unknown',
        brief: 'nobody says whether interrupts are remapped',
        explanation: `It could not be read whether interrupts are remapped: ${unread['interruptRemapping'] ?? ''}.`,
        remedy: 'Look again as root.',
      },
    ];
  }
  const explanation =
    'Interrupts are not remapped, so a guest could raise any of the host with a device that it has.';
  const off = remappingOff(iommu);
  const turnOn =
    off === undefined
      ? "Turn on `x2APIC` or `VT-d` interrupt remapping in the firmware's setup."
      : changingLine(system, { remove: [off] });
  if (unsafeInterrupts === true) {
    return [
      {
        id: 'interrupts',
        weight: 'risk',
        brief: 'interrupts are not remapped',
        explanation: `${explanation} VFIO was told to do without it.`,
        remedy: `Give devices to guests that you trust alone.${off === undefined ? '' : ` ${turnOn}`}`,
      },
    ];
  }
  const options = isDeclared(system) ? '`boot.extraModprobeConfig`' : '/etc/modprobe.d';
  const builtIn = onLine(system, ['vfio_iommu_type1.allow_unsafe_interrupts=1']);
  return [
    {
      id: 'interrupts',
      weight: 'blocks',
      brief: 'interrupts are not remapped',
      explanation: `${explanation} VFIO refuses that.`,
      remedy: `${turnOn} For guests that you trust: \`options vfio_iommu_type1 allow_unsafe_interrupts=1\` in ${options}; where that is built in, ${builtIn}.`,
    },
  ];
}
