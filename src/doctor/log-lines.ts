/** Lines of the kernel, libvirt and QEMU that tell of trouble with guests, and what they mean. */
import type { Facts } from './facts.ts';
import { kernelParameters } from '../system/kernel-parameters.ts';
import { hasNoOutputs } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { LogLine } from '../system/kernel-log.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import { mentionedPciAddress, pciSlotOf } from '../system/pci-address.ts';
import { hasStartedSince, startOrEnd } from './guest-starts.ts';
import { misspellingOf } from './ignored-parameters.ts';
import { hasOtherDisplay } from './losses.ts';
import { neededNow } from './needed.ts';
import { processorGraphics } from './iommu-checks.ts';
import { changeLine } from './kernel-line.ts';
import { andAdvice, type Todo } from './check.ts';
import { isForVfio } from './vfio-drivers.ts';

export interface KnownLine {
  /** Behind `log.`. */
  id: string;
  title: string;
  /** In what PCRE and JavaScript share. */
  pattern: string;
  verdict: 'warning' | 'problem';
  /** Whether QEMU, libvirt or a desktop says it, of which the kernel's own log knows nothing. */
  isOfPrograms?: true;
  /** What it means, as one sentence. */
  meaning: string;
  /** Whether what the line tells of has gone well since; unless given, that cannot be seen. */
  isPast?: (facts: Facts, line: LogLine) => boolean;
  todo: (facts: Facts, line: string) => Todo;
}

export const knownLines: readonly KnownLine[] = [
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
    id: 'group-not-viable',
    isOfPrograms: true,
    title: 'Whole groups',
    pattern: 'group [0-9]+ is not viable',
    verdict: 'problem',
    meaning:
      'A guest did not start, since another device of the same IOMMU group is with the host.',
    isPast: hasStartedSince,
    todo: () => ({
      remedy: 'handglass groups',
      advice: 'It shows what shares the group; all of that has to go with the device.',
    }),
  },
  {
    id: 'input-busy',
    isOfPrograms: true,
    title: 'Input devices that are grabbed',
    pattern: '(EVIOCGRAB|[Gg]rab).*([Rr]esource busy|EBUSY)|Another program has grabbed it',
    verdict: 'problem',
    meaning: 'Another program holds an input device for itself, so that nobody else hears it.',
    isPast: hasStartedSince,
    todo: () => ({
      remedy: 'sudo fuser --verbose /dev/input/event*',
      advice: 'It tells who has it open; end other switchers such as evsieve or input-remapper.',
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
    todo: () => ({ remedy: 'sudo dkms autoinstall && sudo modprobe kvmfr' }),
  },
  {
    id: 'unsigned-module',
    title: 'Modules without a signature',
    pattern: 'unsigned module loading is restricted|Loading of unsigned module is rejected',
    verdict: 'warning',
    meaning: 'With Secure Boot the kernel takes no module that is not signed, such as kvmfr.',
    todo: () => ({
      advice:
        "Enrol the key that dkms signs with (`sudo mokutil --import`), or turn off Secure Boot in the firmware's setup.",
    }),
  },
  {
    id: 'apparmor',
    title: 'AppArmor',
    pattern:
      'apparmor="DENIED".*(libvirt|qemu).*name="(/dev/(kvmfr|shm/|input/|vfio/)|[^"]*(looking-glass|[.]rom))',
    verdict: 'problem',
    meaning: 'AppArmor kept a guest from a file that it needs.',
    isPast: hasStartedSince,
    todo: (_facts, line) => {
      const path = /name="(\/[\w./+:-]+)"/.exec(line)?.[1];
      const rights = /denied_mask="([rwkm]+)"/.exec(line)?.[1] ?? 'rw';
      if (path === undefined)
        return { advice: 'Allow it in /etc/apparmor.d/local/abstractions/libvirt-qemu.' };
      return {
        remedy: `echo '${path} ${rights},' | sudo tee --append /etc/apparmor.d/local/abstractions/libvirt-qemu`,
        advice: 'It holds when the domain starts anew.',
      };
    },
  },
  {
    id: 'selinux',
    title: 'SELinux',
    pattern: 'avc: +denied .*(svirt|qemu).*(looking-glass|/dev/shm|kvmfr|tmpfs|hugetlb|input)',
    verdict: 'problem',
    meaning: 'SELinux kept a guest from a file that it needs.',
    isPast: hasStartedSince,
    todo: (_facts, line) => {
      const program = /comm="([\w.-]+)"/.exec(line)?.[1];
      const whose = program === undefined ? '--context svirt' : `--comm ${program}`;
      return {
        remedy: `sudo ausearch --message avc ${whose} | audit2allow -M handglass`,
        advice:
          'It writes handglass.te: where that allows no more than the guest needs, `sudo semodule --install handglass.pp` puts it in force.',
      };
    },
  },
  {
    id: 'permission',
    isOfPrograms: true,
    title: 'Rights of guests',
    pattern:
      "([Cc]ould not open|failed to open) '?/dev/(input|vfio|kvmfr|shm)[^ ]*:? ?Permission denied",
    verdict: 'problem',
    meaning: 'QEMU had no right to open a device that the domain names.',
    isPast: hasStartedSince,
    todo: (_facts, line) => ({
      advice: line.includes('/dev/vfio/')
        ? 'libvirt gives QEMU the file of a device that is in a `<hostdev>`: see whether /etc/libvirt/qemu.conf has `dynamic_ownership = 0`, or a `cgroup_device_acl` without /dev/vfio/vfio. Where QEMU is started without libvirt, its user needs the right to that file.'
        : 'Have libvirt know of the device by an element of its own in place of `qemu:commandline`, or list it in `cgroup_device_acl` of /etc/libvirt/qemu.conf.',
    }),
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
    todo: ({ pci }, line) => {
      const address = mentionedPciAddress(line);
      const card = pci.devices.find((each) => each.address === address);
      if (hasNoOutputs(card?.class ?? null)) {
        return {
          advice:
            "It has no outputs, and a laptop's own firmware keeps its ROM: take the ROM out of the firmware's update, and name it in the domain (`<rom file='…'/>`).",
        };
      }
      return {
        remedy: `sudo handglass vbios dump ${address ?? '01:00.0'} --to gpu.rom`,
        advice:
          "Do it while another card has the screen, and name the file in the domain: `<rom file='…'/>`.",
      };
    },
  },
  {
    id: 'reset-failed',
    title: 'Resets of passed devices',
    pattern:
      'vfio-pci.*(not ready [0-9]+ms after|timed out waiting for pending|[Uu]nable to change power state|[Rr]efused to change power state)',
    verdict: 'problem',
    meaning:
      'A device did not come back from its reset, and is of no use until the machine starts anew.',
    todo: () => ({
      advice:
        "Start the machine anew. Of AMD's cards, let the guest eject them before it ends (`handglass-guest install --eject`), or load vendor-reset.",
    }),
  },
  {
    id: 'iommu-faults',
    title: 'Devices that were stopped by the IOMMU',
    pattern: String.raw`DMAR: \[?(DMA|INTR).*fault|AMD-Vi: Event logged \[IO_PAGE_FAULT`,
    verdict: 'warning',
    meaning: 'A device reached for memory that is not its own, and the IOMMU stopped it.',
    todo: ({ boot, kernel, libvirt }, line) => {
      const words = kernel.parameters?.filter(({ name }) => name === 'intel_iommu') ?? [];
      const isGiven = libvirt.domains?.some(({ xml }) =>
        xml?.pci.some(({ address }) => address === processorGraphics),
      );
      if (
        /DMAR: .*\[00:02\.0\]/.test(line) &&
        isGiven !== true &&
        !words.some(({ text }) => text.includes('igfx_off'))
      ) {
        const remove = words.map(({ text }) => text);
        return andAdvice(
          changeLine(boot, { add: ['intel_iommu=on,igfx_off'], remove }),
          "It leaves the processor's own graphics out of the IOMMU, behind which old ones fail.",
        );
      }
      const isPast = kernel.parameters?.some(({ text }) => text === 'iommu=pt') ?? true;
      return isPast
        ? { advice: "It is the guest's driver, or a fault of the device; no command mends it." }
        : andAdvice(
            changeLine(boot, { add: ['iommu=pt'] }),
            'It helps where it is a device of the host.',
          );
    },
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
    todo: () => ({ advice: "Turn on VT-x or SVM in the firmware's setup; no command can." }),
  },
  {
    id: 'unknown-parameters',
    title: 'Parameters that the kernel does not know',
    pattern:
      'Unknown kernel command line parameters.*(iommu|vfio|acs_|kvm|hugepage|isolcpu|efifb|intremap)',
    verdict: 'warning',
    meaning: 'The kernel says that it does not know some of its parameters, so they do nothing.',
    todo: ({ boot }, line) => {
      const said = /parameters "?([^"]*)/.exec(line)?.[1] ?? '';
      const own = kernelParameters(said).filter(({ name }) => forGuests.test(name));
      const strange = own.filter((each) => misspellingOf(each) === null);
      return strange.length === 0
        ? { advice: 'What is meant is told of by `kernel.ignored-parameter`.' }
        : changeLine(boot, { remove: strange.map(({ text }) => text) });
    },
  },
  {
    id: 'shm-size',
    isOfPrograms: true,
    title: 'Size of shared memory',
    pattern: 'backing store.*does not match|shmem size must be a power of two',
    verdict: 'problem',
    meaning:
      'A guest did not start, since the file of its shared memory has another size than its XML says.',
    isPast: hasStartedSince,
    todo: () => ({ remedy: 'handglass shm status' }),
  },
  {
    id: 'usb-ports',
    isOfPrograms: true,
    title: 'USB ports of guests',
    pattern: 'No free USB ports',
    verdict: 'warning',
    meaning: 'A domain had no USB port left for one more device.',
    todo: () => ({
      advice:
        "Give its controller more with `virsh edit`: `<controller type='usb' model='qemu-xhci' ports='15'/>`.",
    }),
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
    todo: () => ({
      remedy:
        "echo 'options kvm ignore_msrs=1 report_ignored_msrs=0' | sudo tee --append /etc/modprobe.d/kvm.conf",
      advice: 'Only where a guest stops; it holds when the module is loaded anew.',
    }),
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
    todo: (_facts, line) => ({
      advice: refusals.get(/-\d+$/.exec(line)?.[0] ?? '') ?? otherRefusal,
    }),
  },
];

/** What vfio-pci's probe gives back, and what is to be done; see Linux's drivers/vfio/pci. */
const refusals = new Map([
  ['-22', 'It is in no IOMMU group, mostly since the IOMMU is off: see `iommu.on`.'],
  ['-16', 'Something else has it, or a part of its IOMMU group: end that first.'],
]);
const otherRefusal = 'The lines of the log before this one may tell why; no command mends it.';

const forGuests = /iommu|vfio|acs_|kvm|hugepage|isolcpu|efifb|intremap/;

/** For good by a parameter that fits the kernel's age, and for now by taking the card out for a moment. */
function freeBar({ boot, kernel, pci }: Facts, line: string): Todo {
  const said = mentionedPciAddress(line);
  const card = pci.devices.find(({ address }) => address === said);
  if (card === undefined && said !== null && pci.unread['devices'] === undefined) {
    return { advice: `There is no ${said} in this machine now: look again when it is back.` };
  }
  const [major = 0, minor = 0] = kernel.version ?? [];
  const isNew = major > 5 || (major === 5 && minor >= 15);
  const parameter = isNew ? 'initcall_blacklist=sysfb_init' : 'video=efifb:off';
  if (!hasOtherDisplay(pci, said === null ? [] : [said])) {
    return {
      advice: `\`${parameter}\` on the kernel's command line frees it, and takes the screen of a host that shows on no other card: until a driver has one, nothing is seen of its start. See first that the host shows on another card.`,
    };
  }
  const change = changeLine(boot, { add: [parameter] });
  const bridge = card?.bridges?.at(-1);
  if (card === undefined || bridge === undefined || !goesAlone(card, bridge, pci)) return change;
  const now = `echo 1 | sudo tee /sys/bus/pci/devices/${bridge}/remove /sys/bus/pci/rescan`;
  return andAdvice(change, `Until then: \`${now}\`.`);
}

/** Whether nothing is taken out with a card's bridge but the card, which the host can do without. */
function goesAlone(card: PciDevice, bridge: string, pci: PciSurvey): boolean {
  const below = pci.devices.filter(({ bridges }) => bridges?.includes(bridge) !== false);
  return (
    below.every(({ address }) => pciSlotOf(address) === pciSlotOf(card.address)) &&
    neededNow(
      pci,
      below.map(({ address }) => address),
    ) === null
  );
}

export const logPatterns: readonly string[] = [
  ...knownLines.map(({ pattern }) => pattern),
  startOrEnd,
];
