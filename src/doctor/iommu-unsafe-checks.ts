/** Where VFIO was told to do without the IOMMU, or without a part of it. */
import {
  about,
  andAdvice,
  type Check,
  type Finding,
  ok,
  type Todo,
  unknown,
  warning,
} from './check.ts';
import { declaringForStart, isDeclared } from './declaring.ts';
import type { Facts } from './facts.ts';
import { iommuOn, unsafeInterruptsFile } from './iommu-state-checks.ts';
import { changeLine } from './kernel-line.ts';
import { ownRuleFile } from './module-commands.ts';

export const unsafeInterrupts: Check = {
  id: 'iommu.unsafe-interrupts',
  title: 'Permission to do without interrupt remapping',
  look: (facts) => {
    const { iommu } = facts.pci;
    if (iommu.unread['unsafeInterrupts'] !== undefined) {
      return unknown(iommu.unread['unsafeInterrupts']);
    }
    if (iommu.unsafeInterrupts !== true) return ok('VFIO does not do without it.');
    if (iommu.interruptRemapping !== true) return [];
    return warning(
      'VFIO is allowed to do without interrupt remapping, which this machine has.',
      takingBack(facts),
    );
  },
};

export const unsafeGroups: Check = {
  id: 'iommu.unsafe-groups',
  title: 'Devices that VFIO has without an IOMMU',
  look: inUnsafeGroups,
};

/** What the command line or a file says holds at the next start too; root may have allowed it for this one. */
function takingBack({ kernel, boot }: Pick<Facts, 'kernel' | 'boot'>): Todo {
  const word = kernel.parameters?.find(
    ({ name }) => name === 'vfio_iommu_type1.allow_unsafe_interrupts',
  );
  if (word !== undefined) return changeLine(boot, { remove: [word.text] });
  const rule = kernel.moduleRules?.find(
    ({ kind, module, text }) =>
      kind === 'options' &&
      module === 'vfio_iommu_type1' &&
      text.includes('allow_unsafe_interrupts'),
  );
  if (rule !== undefined && isDeclared(boot)) {
    return declaringForStart('Take `allow_unsafe_interrupts` out of `boot.extraModprobeConfig`');
  }
  const remedy = `echo 0 | sudo tee ${unsafeInterruptsFile}`;
  if (rule === undefined) return { remedy };
  const file = ownRuleFile(rule.file);
  const state = kernel.modules['vfio_iommu_type1'];
  return state === 'loaded' || state === 'built-in'
    ? { remedy, advice: `Take it out of ${file} too, or the next start allows it again.` }
    : { advice: `Take \`allow_unsafe_interrupts\` out of ${file}.` };
}

/** Everything else takes these devices for what they are to QEMU: in no group. */
function inUnsafeGroups(facts: Facts): Finding[] {
  const { isOn: hasIommu, unsafeGroups: groups } = facts.pci.iommu;
  const { remedy, advice } =
    hasIommu === true
      ? { remedy: null, advice: 'The IOMMU is on, and another slot may be behind it.' }
      : iommuOn(facts);
  const places = isDeclared(facts.boot)
    ? 'out of `boot.extraModprobeConfig` or `boot.kernelParams`'
    : "out of /etc/modprobe.d, or off the kernel's command line";
  const todo = andAdvice(
    remedy === null ? { advice } : { remedy, advice },
    `Then take \`enable_unsafe_noiommu_mode\` ${places}.`,
  );
  return groups.flatMap(({ number, devices }) =>
    devices.map((device) =>
      about(
        device,
        warning(
          `It is in group ${number}, which VFIO has made of it alone, with no IOMMU behind it: QEMU takes no such device.`,
          todo,
        ),
      ),
    ),
  );
}
