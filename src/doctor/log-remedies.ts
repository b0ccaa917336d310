/** What is to be done about a line of the log, by what the line names. */
import { kernelParameters } from '../system/kernel-parameters.ts';
import { mentionedPciAddress } from '../system/pci-address.ts';
import { hasNoOutputs } from '../system/pci-classes.ts';
import { allowingByHand, allowingInAppArmor } from './apparmor-rules.ts';
import { andAdvice, type Todo } from './check.ts';
import type { Facts } from './facts.ts';
import { misspellingOf } from './ignored-parameters.ts';
import { processorGraphics } from './iommu-checks.ts';
import { changeLine } from './kernel-line.ts';
import { placeOfQemuConf } from './qemu-conf-checks.ts';
import { shellWord } from './shell-word.ts';

export function openInAppArmor({ boot }: Facts, line: string): Todo {
  const path = /name="(\/[\w./+:-]+)"/.exec(line)?.[1];
  const rights = /denied_mask="([rwkm]+)"/.exec(line)?.[1] ?? 'rw';
  return path === undefined ? allowingByHand(boot) : allowingInAppArmor(boot, `${path} ${rights},`);
}

export function allowInSelinux(_facts: Facts, line: string): Todo {
  const program = /comm="([\w.-]+)"/.exec(line)?.[1];
  const whose = program === undefined ? '--context svirt' : `--comm ${program}`;
  return {
    remedy: `sudo ausearch --message avc ${whose} | audit2allow -M handglass`,
    advice:
      'It writes handglass.te: where that allows no more than the guest needs, `sudo semodule --install handglass.pp` puts it in force.',
  };
}

export function openDevice({ boot }: Facts, line: string): Todo {
  const conf = placeOfQemuConf(boot);
  return {
    advice: line.includes('/dev/vfio/')
      ? `libvirt gives QEMU the file of a device that is in a \`<hostdev>\`: see whether ${conf} has \`dynamic_ownership = 0\`, or a \`cgroup_device_acl\` without /dev/vfio/vfio. Where QEMU is started without libvirt, its user needs the right to that file.`
      : `Have libvirt know of the device by an element of its own in place of \`qemu:commandline\`, or list it in \`cgroup_device_acl\` of ${conf}.`,
  };
}

export function openSharedMemory(
  { people, sharedMemory, virtualization }: Facts,
  line: string,
): Todo {
  const path = /backing store (.+?) for guest RAM/.exec(line)?.[1] ?? '';
  const isNamed = sharedMemory.some(({ entry }) => entry.path === path);
  if (path.startsWith('/dev/kvmfr')) {
    // A cgroup refuses with EPERM, and AppArmor as the file itself does.
    const checks = line.includes('Operation not permitted')
      ? '`libvirt.device-acl`'
      : '`looking-glass.rights`, `looking-glass.qemu` and `libvirt.apparmor`';
    return {
      advice: isNamed
        ? `See ${checks}.`
        : `Name it in a [[looking-glass]] of the configuration, and see ${checks} then.`,
    };
  }
  const denied = 'Where QEMU has the right already, see `log.apparmor` and `log.selinux`.';
  if (isNamed) return { remedy: 'sudo handglass shm create', advice: denied };
  const groups = people.qemu === null || people.qemu === 'absent' ? [] : people.qemu.groups;
  const own = groups.includes('kvm') ? 'kvm' : groups[0];
  const group = virtualization.qemuConf?.group ?? own;
  if (group === undefined) {
    return {
      advice: `Name it in a [[looking-glass]] of the configuration, which makes it as it is needed. ${denied}`,
    };
  }
  const file = shellWord(path);
  return {
    remedy: `sudo chgrp ${shellWord(group)} ${file} && sudo chmod g+rw ${file}`,
    advice: `That lasts as long as the file: a [[looking-glass]] of the configuration makes it so each time. ${denied}`,
  };
}

export function allowPassthrough({ kernel, pci }: Facts): Todo {
  if (pci.iommu.isOn !== true) return { advice: 'See `iommu.on`.' };
  return kernel.modules['vfio_pci'] === 'loadable'
    ? { remedy: 'sudo modprobe vfio-pci' }
    : { advice: 'See `kernel.vfio-pci`.' };
}

export function giveRom({ pci }: Facts, line: string): Todo {
  const address = mentionedPciAddress(line);
  const card = pci.devices.find((each) => each.address === address);
  if (hasNoOutputs(card?.class ?? null)) {
    return {
      advice:
        "It has no outputs, and a laptop's own firmware keeps its ROM: take the ROM out of the firmware's update, and name it in the domain (`<rom file='…'/>`).",
    };
  }
  const then =
    "Do it while another card has the screen, and name the file in the domain: `<rom file='…'/>`.";
  return address === null
    ? {
        advice: `The line does not say which card: \`sudo handglass vbios dump\` copies the ROM of one, by its address from \`handglass groups\`. ${then}`,
      }
    : { remedy: `sudo handglass vbios dump ${address} --to gpu.rom`, advice: then };
}

export function stopFaults({ boot, kernel, libvirt }: Facts, line: string): Todo {
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
}

export function removeUnknown({ boot }: Facts, line: string): Todo {
  const said = /parameters "?([^"]*)/.exec(line)?.[1] ?? '';
  const own = kernelParameters(said).filter(({ name }) => forGuests.test(name));
  const strange = own.filter((each) => misspellingOf(each) === null);
  return strange.length === 0
    ? { advice: 'What is meant is told of by `kernel.ignored-parameter`.' }
    : changeLine(boot, { remove: strange.map(({ text }) => text) });
}

const forGuests = /iommu|vfio|acs_|kvm|hugepage|isolcpu|efifb|intremap/;

export function explainRefusal(_facts: Facts, line: string): Todo {
  return { advice: refusals.get(/-\d+$/.exec(line)?.[0] ?? '') ?? otherRefusal };
}

/** What vfio-pci's probe gives back, and what is to be done; see Linux's drivers/vfio/pci. */
const refusals = new Map([
  ['-22', 'It is in no IOMMU group, mostly since the IOMMU is off: see `iommu.on`.'],
  ['-16', 'Something else has it, or a part of its IOMMU group: end that first.'],
]);
const otherRefusal = 'The lines of the log before this one may tell why; no command mends it.';
