import {
  about,
  andAdvice,
  type Check,
  type Finding,
  known,
  ok,
  problem,
  type Todo,
  unknown,
  warning,
} from './check.ts';
import { declaringForStart, isDeclared } from './declaring.ts';
import type { Facts, QuickFacts } from './facts.ts';
import { interruptObstacles, remappingOff } from './iommu-obstacles.ts';
import { changeLine } from './kernel-line.ts';
import { givingOptions } from './module-commands.ts';
import { classText, pciDeviceText } from './pci-text.ts';
import { isGraphics, isPciBridge, isUsbController } from '../system/pci-classes.ts';

/** Whether it is there and does what it is for. */
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
    look: isOn,
  },
  {
    id: 'iommu.interrupts',
    title: 'Interrupt remapping',
    look: (facts) => {
      const { iommu } = facts.pci;
      if (iommu.isOn !== true) return [];
      const [obstacle] = interruptObstacles(iommu);
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
      const now = state === 'loaded' ? ` && echo 1 | sudo tee ${unsafeInterrupts}` : '';
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

export const iommuChecks: Check[] = [
  ...iommuStateChecks,
  {
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
  },
  {
    id: 'iommu.groups',
    title: 'IOMMU groups',
    look: ({ pci: { iommu, devices, names } }) => {
      if (iommu.isOn !== true) return [];
      if (iommu.unread['groups'] !== undefined) return unknown(iommu.unread['groups']);
      const isLeftOut = iommu.parameters?.some((word) => word.includes('igfx_off')) === true;
      const outside = devices.filter(
        ({ address, iommuGroup, unread, class: code }) =>
          iommuGroup === null &&
          !(isLeftOut && address === processorGraphics) &&
          unread['iommuGroup'] === undefined &&
          (isGraphics(code) || isUsbController(code)),
      );
      if (outside.length === 0) {
        const unseen = unseenGroup(devices);
        if (unseen !== null) return unknown(unseen);
        return ok(
          `Every graphics card and USB controller is in one of ${iommu.groups.length} groups.`,
        );
      }
      return outside.map((device) =>
        about(
          device.address,
          warning(
            `${pciDeviceText(device, names)} is in no IOMMU group, so it cannot go to a guest.`,
            {
              advice: 'Another slot may be behind the IOMMU.',
            },
          ),
        ),
      );
    },
  },
  {
    id: 'iommu.unsafe-groups',
    title: 'Devices that VFIO has without an IOMMU',
    look: unsafeGroups,
  },
  {
    id: 'iommu.shared-groups',
    title: 'Graphics cards that share their group',
    look: ({ pci, libvirt }) => {
      if (pci.iommu.isOn !== true) return [];
      const shared = pci.devices
        .filter((card) => isGraphics(card.class) && card.iommuGroup !== null)
        .filter((card) => !staysAnyway(card.address, { pci, libvirt }))
        .flatMap((card) => {
          const others = pci.devices.filter(
            (each) =>
              each.iommuGroup === card.iommuGroup &&
              each.address.slice(0, -2) !== card.address.slice(0, -2) &&
              !isPciBridge(each.class) &&
              each.class?.startsWith('0600') !== true,
          );
          if (others.length === 0) return [];
          const list = others.map((each) => `${each.address} (${classText(each)})`).join(', ');
          return [
            about(
              card.address,
              warning(
                `Its group ${card.iommuGroup} has also ${list}, and goes to a guest as a whole.`,
                {
                  remedy: 'handglass groups',
                  advice: 'Use a slot with a group of its own; a group cannot be split.',
                },
              ),
            ),
          ];
        });
      if (shared.length > 0) return shared;
      const unseen = unseenGroup(pci.devices);
      return unseen === null
        ? ok('Each goes with nothing but its own functions.')
        : unknown(unseen);
    },
  },
  {
    id: 'iommu.igfx-off',
    title: "The processor's graphics behind the IOMMU",
    look: ({ pci: { iommu }, boot, libvirt }) =>
      known(iommu, 'parameters', (words) => {
        const word = words.find((each) => /^intel_iommu=.*igfx_off/.test(each));
        if (word === undefined) return ok('They are not left out.');
        // Old ones fail behind it, and for any other card it makes no difference.
        const isGiven = libvirt.domains?.some(({ xml }) =>
          xml?.pci.some(({ address }) => address === processorGraphics),
        );
        if (isGiven !== true) {
          return ok(
            `\`${word}\` leaves them out, as old ones need it, and no domain asks for them.`,
          );
        }
        const rest = word.replace(/,igfx_off|igfx_off,/, '');
        return warning(
          `\`${word}\` leaves the processor's own graphics out of the IOMMU, and a domain asks for them.`,
          changeLine(boot, { remove: [word], add: rest === word ? [] : [rest] }),
        );
      }),
  },
  {
    id: 'iommu.host-devices',
    title: "The host's own devices",
    look: ({ pci: { iommu } }) => {
      if (iommu.isOn !== true) return [];
      const types = new Set(iommu.groups.flatMap(({ type }) => type ?? []));
      if (types.size === 0 && iommu.parameters?.includes('iommu=pt') !== true) {
        return unknown('this kernel does not tell');
      }
      return ok(
        types.has('identity') || types.size === 0
          ? 'They pass the IOMMU by, which costs them nothing.'
          : 'They go through the IOMMU, which costs fast network cards a little; `iommu=pt` lets them pass it by.',
      );
    },
  },
];

const unsafeInterrupts = '/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts';

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
  const remedy = `echo 0 | sudo tee ${unsafeInterrupts}`;
  if (rule === undefined) return { remedy };
  const state = kernel.modules['vfio_iommu_type1'];
  return state === 'loaded' || state === 'built-in'
    ? { remedy, advice: `Take it out of ${rule.file} too, or the next start allows it again.` }
    : { advice: `Take \`allow_unsafe_interrupts\` out of ${rule.file}.` };
}

/** Where Intel's processors have them. */
export const processorGraphics = '0000:00:02.0';

/** Why it is not known which devices are in which group; null where it is. */
function unseenGroup(devices: Facts['pci']['devices']): string | null {
  const reasons = devices.flatMap(({ unread }) => unread['iommuGroup'] ?? unread['class'] ?? []);
  return reasons[0] ?? null;
}

/** The host's own card, which no domain asks for: what its group has is no trouble. */
function staysAnyway(address: string, { pci, libvirt }: Pick<Facts, 'pci' | 'libvirt'>): boolean {
  const uses = pci.uses.byDevice.get(address) ?? [];
  const isNotGiven = libvirt.domains?.every(
    ({ xml }) => xml?.pci.every((each) => each.address !== address) === true,
  );
  return uses.some(({ kind }) => kind === 'display') && isNotGiven === true;
}

/** Everything else takes these devices for what they are to QEMU: in no group. */
function unsafeGroups(facts: Facts): Finding[] {
  const { isOn: hasIommu, unsafeGroups: groups } = facts.pci.iommu;
  const { remedy, advice } =
    hasIommu === true
      ? { remedy: null, advice: 'The IOMMU is on, and another slot may be behind it.' }
      : isOn(facts);
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

function isOn({ pci, boot, cpu, kernel }: QuickFacts): Finding {
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
          : { remedy: 'journalctl --dmesg --grep AMD-Vi', advice: 'It tells why it is not used.' },
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
