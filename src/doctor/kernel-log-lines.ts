/** What the kernel says of trouble with guests. */
import { mentionedPciAddress } from '../system/pci-address.ts';
import { andAdvice } from './check.ts';
import { enrolling } from './enrolling.ts';
import { freeBar } from './free-bar.ts';
import { hasStartedSince } from './guest-starts.ts';
import { changeLine } from './kernel-line.ts';
import type { KnownLine } from './known-line.ts';
import { isKvmLoaded } from './kvm-modules.ts';
import {
  allowInSelinux,
  explainRefusal,
  giveRom,
  openInAppArmor,
  removeUnknown,
  stopFaults,
} from './log-remedies.ts';
import { buildingKvmfr, givingOptions, vendorResetText } from './module-commands.ts';
import { isForVfio } from './vfio-drivers.ts';

export const kernelLogLines: readonly KnownLine[] = [
  {
    id: 'bar-reserved',
    title: 'Memory of a passed card',
    pattern: "BAR [0-9].*can't reserve",
    verdict: 'problem',
    meaning:
      "vfio-pci could not have a part of the card's memory, since the firmware's screen is still in it, and the guest's picture stays black.",
    isPast: hasStartedSince,
    todo: freeBar,
  },
  {
    id: 'out-of-memory',
    title: 'Guests killed for want of memory',
    pattern: String.raw`[Oo]ut of memory: Kill.*\((qemu|CPU [0-9])|oom-kill:.*task=(qemu|CPU [0-9])`,
    verdict: 'problem',
    meaning:
      'The host ran out of memory and killed a guest: with a device of the host all of its memory is taken at once.',
    isPast: hasStartedSince,
    todo: () => ({
      advice: 'Give the domain less memory, or reserve fewer huge pages than are left over.',
    }),
  },
  {
    id: 'kvmfr',
    title: 'Module kvmfr',
    pattern: 'kvmfr: (Unknown symbol|version magic|disagrees about|.*[Ff]ailed to|.*[Ii]nvalid)',
    verdict: 'problem',
    meaning:
      'The module kvmfr does not fit this kernel or its options, so there is no /dev/kvmfr0.',
    isPast: ({ kernel }) => kernel.modules['kvmfr'] === 'loaded',
    todo: ({ boot }) =>
      buildingKvmfr(boot, { remedy: 'sudo dkms autoinstall && sudo modprobe kvmfr' }),
  },
  {
    id: 'unsigned-module',
    title: 'Modules without a signature',
    pattern: 'unsigned module loading is restricted|Loading of unsigned module is rejected',
    verdict: 'warning',
    meaning: 'With Secure Boot the kernel takes no module that is not signed, such as kvmfr.',
    todo: ({ boot }) =>
      andAdvice(enrolling(boot), "Or turn off Secure Boot in the firmware's setup."),
  },
  {
    id: 'apparmor',
    title: 'AppArmor',
    pattern:
      'apparmor="DENIED".*(libvirt|qemu).*name="(/dev/(kvmfr|shm/|input/|vfio/)|[^"]*(looking-glass|[.]rom))',
    verdict: 'problem',
    meaning: 'AppArmor kept a guest from a file that it needs.',
    isPast: hasStartedSince,
    todo: openInAppArmor,
  },
  {
    id: 'selinux',
    title: 'SELinux',
    pattern: 'avc: +denied .*(svirt|qemu).*(looking-glass|/dev/shm|kvmfr|tmpfs|hugetlb|input)',
    verdict: 'problem',
    meaning: 'SELinux kept a guest from a file that it needs.',
    isPast: hasStartedSince,
    todo: allowInSelinux,
  },
  {
    id: 'locked-memory',
    title: 'Locked memory',
    pattern: 'RLIMIT_MEMLOCK .*exceeded|cannot limit locked memory',
    verdict: 'problem',
    meaning: 'A guest with a device of the host may not lock as much memory as it has.',
    isPast: hasStartedSince,
    todo: () => ({
      advice:
        'Let libvirt start it, which raises the limit, or raise `LimitMEMLOCK` of what starts your QEMU above its memory.',
    }),
  },
  {
    id: 'rom-signature',
    title: 'ROM of a passed card',
    pattern: 'vfio-pci.*Invalid PCI ROM header signature',
    verdict: 'warning',
    meaning:
      "The card's ROM cannot be read, mostly because the card has shown this machine's own screen, or has no ROM of its own.",
    todo: giveRom,
  },
  {
    id: 'reset-failed',
    title: 'Resets of passed devices',
    pattern:
      'vfio-pci.*(not ready [0-9]+ms after|timed out waiting for pending|[Uu]nable to change power state|[Rr]efused to change power state)',
    verdict: 'problem',
    meaning:
      'A device did not come back from its reset, and is of no use until the machine starts anew.',
    todo: ({ boot }) => ({
      advice: `Start the machine anew. Of AMD's cards, let the guest eject them before it ends (\`handglass-guest install --eject\`), or ${vendorResetText(boot)}.`,
    }),
  },
  {
    id: 'iommu-faults',
    title: 'Devices that were stopped by the IOMMU',
    pattern: String.raw`DMAR: \[?(DMA|INTR).*fault|AMD-Vi: Event logged \[IO_PAGE_FAULT`,
    verdict: 'warning',
    meaning: 'A device reached for memory that is not its own, and the IOMMU stopped it.',
    todo: stopFaults,
  },
  {
    id: 'iommu-failed',
    title: 'Start of the IOMMU',
    pattern:
      'AMD-Vi: (Completion-Wait loop timed out|.*[Dd]isabl|Failed)|DMAR: (.*Disabling IOMMU|Failed to)|DMAR.*[Ff]irmware [Bb]ug|IVRS.*[Ff]irmware [Bb]ug',
    verdict: 'warning',
    meaning: 'The kernel finds the firmware wrong about the IOMMU, or could not use a part of it.',
    todo: () => ({ advice: 'A newer firmware of the board often mends it; no command does.' }),
  },
  {
    id: 'virtualization-off',
    title: 'Virtualization in the firmware',
    pattern: String.raw`kvm.*(disabled by bios|disabled by BIOS|\(by BIOS\)|no hardware support)`,
    verdict: 'problem',
    meaning: 'KVM was not started, since the firmware has virtualization off.',
    isPast: ({ kernel, virtualization: { kvmNode } }) =>
      kvmNode !== null && kvmNode !== 'absent' && isKvmLoaded(kernel),
    todo: () => ({ advice: "Turn on VT-x or SVM in the firmware's setup; no command can." }),
  },
  {
    id: 'unknown-parameters',
    title: 'Parameters that the kernel does not know',
    pattern:
      'Unknown kernel command line parameters.*(iommu|vfio|acs_|kvm|hugepage|isolcpu|efifb|intremap)',
    verdict: 'warning',
    meaning: 'The kernel says that it does not know some of its parameters, so they do nothing.',
    todo: removeUnknown,
  },
  {
    id: 'clock-unstable',
    title: 'Processor clock (TSC)',
    pattern: "Marking (clocksource 'tsc' as|TSC) unstable",
    verdict: 'warning',
    meaning:
      'The kernel does not trust the clock of the processor, and guests stutter with the one that it uses.',
    todo: () => ({ advice: 'A newer firmware of the board often mends it; no command does.' }),
  },
  {
    id: 'split-lock',
    title: 'Split locks',
    pattern: 'split.lock.*KVM took a split_lock trap|split lock detection: #AC: .*KVM',
    verdict: 'warning',
    meaning:
      'A guest locks memory across two lines of the cache, and the kernel slows it down for that.',
    todo: ({ boot }) => changeLine(boot, { add: ['split_lock_detect=off'] }),
  },
  {
    id: 'link-errors',
    title: 'PCI Express links',
    pattern: 'PCIe Bus Error: severity=Uncorrect',
    verdict: 'warning',
    meaning: 'A PCI Express link lost data, which a guest sees as a device that fails.',
    todo: () => ({ advice: 'Look at the riser cable and the slot; no command mends it.' }),
  },
  {
    id: 'unknown-registers',
    title: 'Registers that guests ask for',
    pattern: 'kvm.*unhandled (rd|wr)msr',
    verdict: 'warning',
    meaning:
      'A guest asked for a register of the processor that KVM does not know, which stops some guests.',
    todo: ({ boot }) =>
      andAdvice(
        givingOptions(
          boot,
          'options kvm ignore_msrs=1 report_ignored_msrs=0',
          'sudo tee --append /etc/modprobe.d/kvm.conf',
        ),
        'Only where a guest stops; it holds when the module is loaded anew.',
      ),
  },
  {
    id: 'vfio-late',
    title: 'Devices that vfio-pci could not take',
    pattern:
      'vfio-pci.*(probe of .* failed with error|probe with driver vfio-pci failed with error)',
    verdict: 'problem',
    meaning: 'vfio-pci could not take a device.',
    isPast: ({ pci }, { text }) =>
      pci.devices.some(
        ({ address, driver }) =>
          address === mentionedPciAddress(text) && driver !== null && isForVfio(driver),
      ),
    todo: explainRefusal,
  },
];
