/** Whether the IOMMU is there and does what it is for. */
import {
  andAdvice,
  type Check,
  type Finding,
  known,
  ok,
  problem,
  unknown,
  warning,
} from './check.ts';
import type { QuickFacts } from './facts.ts';
import { interruptObstacles, remappingOff } from './iommu-obstacles.ts';
import { changeLine } from './kernel-line.ts';
import { givingOptions } from './module-commands.ts';

export const iommuStateChecks: Check<QuickFacts>[] = [
  {
    id: 'iommu.firmware',
    title: 'IOMMU in the firmware',
    look: ({ cpu, pci: { iommu } }) =>
      known(iommu, 'firmwareTables', (tables) => {
        if (tables.length > 0) return ok(`The firmware tells of it (${tables.join(', ')}).`);
        if (iommu.isOn === true) return ok('The kernel has found it without a table.');
        if (cpu.isGuest === true) {
          return problem('The host of this machine gives it no IOMMU.', {
            advice: "Its host can (`<iommu model='intel'>` in its XML).",
          });
        }
        const setting =
          cpu.vendor === 'AuthenticAMD' ? '`IOMMU` (in menus such as `AMD CBS`)' : '`VT-d`';
        return problem('The firmware tells of no IOMMU: it is off there, or the board has none.', {
          advice: `Turn on ${setting} in the firmware's setup; no command can.`,
        });
      }),
  },
  {
    id: 'iommu.on',
    title: 'IOMMU',
    look: iommuOn,
  },
  {
    id: 'iommu.interrupts',
    title: 'Interrupt remapping',
    look: (facts) => {
      const { iommu } = facts.pci;
      if (iommu.isOn !== true) return [];
      const [obstacle] = interruptObstacles(iommu, facts.boot);
      if (obstacle === undefined) return ok('A device raises no interrupts but its own.');
      if (obstacle.weight === 'unknown') {
        return unknown(iommu.unread['interruptRemapping'] ?? 'nobody tells');
      }
      const off = remappingOff(iommu);
      if (off !== undefined) {
        const finding = obstacle.weight === 'blocks' ? problem : warning;
        return finding(obstacle.explanation, changeLine(facts.boot, { remove: [off] }));
      }
      if (obstacle.weight !== 'blocks') {
        return warning(obstacle.explanation, { advice: obstacle.remedy });
      }
      // What is built in reads no file of modprobe.d, and what is loaded has read it.
      const state = facts.kernel.modules['vfio_iommu_type1'];
      const now = state === 'loaded' ? ` && echo 1 | sudo tee ${unsafeInterruptsFile}` : '';
      const permission =
        state === 'built-in'
          ? changeLine(facts.boot, { add: ['vfio_iommu_type1.allow_unsafe_interrupts=1'] })
          : givingOptions(
              facts.boot,
              'options vfio_iommu_type1 allow_unsafe_interrupts=1',
              `sudo tee /etc/modprobe.d/unsafe-interrupts.conf${now}`,
            );
      return problem(
        obstacle.explanation,
        andAdvice(
          permission,
          "That is for guests that you trust; better turn on `x2APIC` or `VT-d` interrupt remapping in the firmware's setup.",
        ),
      );
    },
  },
];

export const unsafeInterruptsFile =
  '/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts';

export function iommuOn({ pci, boot, cpu, kernel }: QuickFacts): Finding {
  const { iommu } = pci;
  return known(iommu, 'isOn', (on) => {
    if (on) return ok('The IOMMU keeps devices apart.');
    const explanation = 'The IOMMU is off, and without it no PCI device can be given to a guest.';
    const off = (kernel.parameters ?? []).filter(({ text }) =>
      /^((intel|amd)_)?iommu=(.*,)?off(,|$)/.test(text),
    );
    if (off.length > 0) {
      return problem(explanation, changeLine(boot, { remove: off.map(({ text }) => text) }));
    }
    if (cpu.isGuest === true && iommu.firmwareTables?.length === 0) {
      return problem(explanation, {
        advice:
          "This machine is a guest: its host has to give it an IOMMU (`<iommu model='intel'>`).",
      });
    }
    if (cpu.vendor === 'AuthenticAMD') {
      return problem(
        explanation,
        iommu.firmwareTables?.length === 0
          ? {
              advice:
                "Turn on `IOMMU` in the firmware's setup, in menus such as `AMD CBS`; no command can.",
            }
          : {
              remedy: 'sudo journalctl --dmesg --grep AMD-Vi',
              advice: 'It tells why it is not used.',
            },
      );
    }
    const isAsked = kernel.parameters?.some(({ text }) => text === 'intel_iommu=on');
    if (isAsked === true) {
      return problem(explanation, {
        advice:
          "The kernel is told to use it: turn on `VT-d` in the firmware's setup; no command can.",
      });
    }
    return problem(explanation, changeLine(boot, { add: ['intel_iommu=on', 'iommu=pt'] }));
  });
}
