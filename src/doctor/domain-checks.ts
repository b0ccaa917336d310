/** Each domain against what it needs of the host, processors and PCI devices aside. */
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { about, type Check, type Finding, known, ok, problem, unknown, warning } from './check.ts';
import { isDeclared } from './declaring.ts';
import { domainDeskChecks } from './domain-desk-checks.ts';
import { hugePages, leftToHost } from './domain-huge-pages.ts';
import { domainUsbChecks } from './domain-usb-checks.ts';
import { eachDomain, editCommand } from './each-domain.ts';
import type { Domain, Facts } from './facts.ts';
import { shellWord } from './shell-word.ts';
import { gibText } from './sizes.ts';

export const domainChecks: Check[] = [
  {
    id: 'domain.known',
    title: 'Domains that the configuration names',
    look: ({ configuration: { config }, libvirt }) => {
      const own = new Set((config?.qemu ?? []).map(({ name }) => name));
      const named = new Set(
        [
          ...(config?.seats ?? []).flatMap(({ domains }) => domains),
          ...(config?.lookingGlass ?? []).map(({ domain }) => domain),
        ].filter((name) => !own.has(name)),
      );
      if (named.size === 0) return [];
      return known(libvirt, 'domains', (domains) => {
        const missing = [...named].filter((name) => !domains.some((each) => each.name === name));
        if (missing.length === 0) return ok('libvirt knows each.');
        return missing.map((name) =>
          about(
            name,
            problem('libvirt knows no domain of this name.', {
              remedy: 'virsh --connect qemu:///system list --all',
              advice: 'Write a name from there into the configuration.',
            }),
          ),
        );
      });
    },
  },
  {
    id: 'domain.readable',
    title: 'XML of domains',
    look: ({ libvirt }) =>
      (libvirt.domains ?? []).map(({ name, xml, unread }) =>
        about(name, xml === null ? unknown(unread['xml'] ?? '') : ok('It can be read.')),
      ),
  },
  { id: 'domain.memory', title: 'Memory of domains', look: eachDomain(memory) },
  { id: 'domain.huge-pages', title: 'Huge pages of domains', look: eachDomain(hugePages) },
  { id: 'domain.balloon', title: 'Memory balloon', look: eachDomain(balloon) },
  { id: 'domain.limits', title: 'Number of devices', look: eachDomain(limits) },
  { id: 'domain.firmware', title: 'Firmware of domains', look: eachDomain(firmware) },
  { id: 'domain.variables', title: 'Variables of UEFI', look: eachDomain(variables) },
  ...domainDeskChecks,
  ...domainUsbChecks,
  { id: 'domain.disks', title: 'Disks of domains', look: eachDomain(disks) },
  { id: 'domain.old-arguments', title: "QEMU's arguments in domains", look: eachDomain(extra) },
];

function memory(xml: DomainXml, { memory: host }: Facts): Finding | Finding[] {
  const { memory: own } = xml;
  if (own === null) return unknown('its XML does not say how much it has');
  return known(host, 'total', (total) => {
    if (own > total) {
      return problem(`It has ${gibText(own)} of memory, and the machine ${gibText(total)}.`, {
        remedy: editCommand(xml.name),
        advice: 'Give it less.',
      });
    }
    if (own > total - leftToHost && xml.pci.length > 0) {
      return warning(
        `It takes ${gibText(own)} at once, of ${gibText(total)}, and the host may be out of memory then.`,
        { advice: 'Leave the host 2 GiB at least.' },
      );
    }
    return ok(`It has ${gibText(own)} of ${gibText(total)}.`);
  });
}

function balloon({ pci, memballoon }: DomainXml): Finding | Finding[] {
  if (pci.length === 0) return [];
  return memballoon === 'none'
    ? ok('It has none, which suits devices of the host.')
    : ok('It has one, which is of no use with devices of the host: all memory stays taken.');
}

const mostHostdevs = 32;
const mostVirtio = 216;

function limits({ hostdevs, virtioDevices }: DomainXml): Finding {
  if (hostdevs > mostHostdevs) {
    return problem(`It has ${hostdevs} devices of the host, and ${mostHostdevs} are possible.`, {
      advice: 'Take some out; no command can choose which.',
    });
  }
  if (virtioDevices > mostVirtio) {
    return problem(`It has ${virtioDevices} devices on virtio, and ${mostVirtio} are possible.`, {
      advice: 'Put disks on a virtio-scsi controller, which counts once.',
    });
  }
  return ok(`It has ${hostdevs} devices of the host and ${virtioDevices} on virtio.`);
}

function firmware(xml: DomainXml, facts: Facts): Finding | Finding[] {
  const { isUefi, loader } = xml.firmware;
  if (!isUefi) {
    return xml.pci.length === 0
      ? ok('It starts by a BIOS.')
      : ok('It starts by a BIOS, which wants a graphics card with a ROM of that kind.');
  }
  if (loader === null) return ok('It starts by UEFI, which libvirt chooses.');
  return fileFinding(loader, facts, 'It starts by', 'Its firmware');
}

function variables(xml: DomainXml, facts: Facts): Finding | Finding[] {
  const { isUefi, template, loader, variables: own } = xml.firmware;
  if (!isUefi) return [];
  if (template !== null) {
    const found = fileFinding(template, facts, 'New variables are copied from', 'The template');
    if (found.verdict !== 'ok') return found;
  }
  if (loader === null) return ok('libvirt chooses their template.');
  // Code and variables of different sizes come from different builds, and the guest shows nothing.
  if (template !== null && isOf4Mib(template) !== isOf4Mib(loader)) {
    return problem(
      'Its firmware has another size than the variables it was given, so it shows nothing at its start.',
      {
        remedy: `virsh --connect qemu:///system start ${shellWord(xml.name)} --reset-nvram`,
        advice: 'Name the template that belongs to the loader first; the old variables are lost.',
      },
    );
  }
  const fine = ok('Code and variables are of one kind.');
  return own === null ? fine : (oldVariables(own, loader, facts) ?? fine);
}

function isOf4Mib(path: string): boolean {
  return /[._-]?4m/i.test(path);
}

/**
 * Of one build the two fill a flash chip of 2 MiB, 4 MiB or more; an upgrade may bring code for another, and
 * leaves the domain's own variables as they are.
 */
function oldVariables(own: string, loader: string, { paths }: Facts): Finding | null {
  if ([own, loader].some((path) => path.endsWith('.qcow2'))) return null;
  const [variables, code] = [own, loader].map((path) => paths.get(path));
  if (variables === undefined || code === undefined) return null;
  return known(variables, 'found', (its) =>
    known(code, 'found', (of) => {
      // What is not there libvirt makes.
      if (its === 'absent' || of === 'absent') return null;
      if (Number.isInteger(Math.log2(its.size + of.size))) return null;
      return problem(
        `Its variables in ${own} are from another build of the firmware than ${loader}, so it shows nothing at its start.`,
        {
          remedy: `sudo mv ${shellWord(own)} ${shellWord(`${own}.old`)}`,
          advice:
            'libvirt makes new ones at the next start; what the guest put into the old ones, such as its order of boot entries, is to be set again.',
        },
      );
    }),
  );
}

function fileFinding(path: string, { paths, boot }: Facts, fine: string, what: string): Finding {
  const facts = paths.get(path);
  if (facts === undefined) return unknown(`${path} is no path that is looked at`);
  return known(facts, 'found', (found) =>
    found === 'absent'
      ? problem(`${what} ${path} is not there.`, {
          advice: `${isDeclared(boot) ? 'NixOS has firmware at paths of its own, which its builds change. Let' : 'Install it, or let'} libvirt choose: \`<os firmware='efi'>\` without a loader.`,
        })
      : ok(`${fine} ${path}.`),
  );
}

function disks(xml: DomainXml, facts: Facts, { isRunning }: Domain): Finding | Finding[] {
  const found = xml.disks.flatMap(({ path }): Finding[] => {
    const place = facts.paths.get(path);
    if (place === undefined) return [];
    if (place.found === null) return [unknown(`${path}: ${place.unread['found'] ?? ''}`)];
    if (place.found === 'absent') {
      return [
        problem(`Its disk ${path} is not there.`, {
          advice: 'Put it back, or take it out of the XML.',
        }),
      ];
    }
    if (place.unread['uses'] !== undefined) return [unknown(`${path}: ${place.unread['uses']}`)];
    const [use] = place.uses;
    if (use === undefined) return [];
    const how =
      use.kind === 'mounted' ? `mounted on ${use.places.join(' and ')}` : `used (${use.kind})`;
    return [
      problem(
        `The host has ${use.node} ${how}, and with it a part of its disk ${path}: both would destroy it.`,
        use.kind === 'mounted' && !isRunning && !use.places.some(isOfSystem)
          ? { remedy: `sudo umount ${shellWord(use.node)}` }
          : { advice: 'Take the disk out of the domain.' },
      ),
    ];
  });
  return found.length > 0 ? found : ok('They are there, and the host uses none of them.');
}

/** Where the host is started, changed or used from. */
function isOfSystem(place: string): boolean {
  return /^\/($|(boot|efi|etc|home|nix|opt|root|srv|tmp|usr|var)(\/|$))/.test(place);
}

function extra(xml: DomainXml): Finding | Finding[] {
  const { environment, arguments: words } = xml.extra;
  const edit = { remedy: editCommand(xml.name) };
  const audio = environment.filter((name) => /^QEMU_(AUDIO_DRV|PA_)/.test(name));
  const found: Finding[] = [];
  if (audio.length > 0) {
    found.push(
      warning(`QEMU knows ${audio.join(' and ')} no more.`, {
        ...edit,
        advice: "<audio type='pipewire'/> or <audio type='pulseaudio'/> stand for it.",
      }),
    );
  }
  if (
    words.some((word) =>
      /^ivshmem-plain,|^memory-backend-file,.*mem-path=\/dev\/(shm|kvmfr)/.test(word),
    )
  ) {
    found.push(
      warning(
        'It names shared memory in the old form with commas, for which libvirt has no slot left at the start.',
        {
          ...edit,
          advice: 'Use <shmem>, or JSON for kvmfr.',
        },
      ),
    );
  }
  if (words.some((word) => word.startsWith('input-linux,'))) {
    found.push(
      warning('It names event devices among the arguments, which no rule of libvirt opens to it.', {
        ...edit,
        advice: "<input type='evdev'> stands for it since libvirt 7.4.",
      }),
    );
  }
  return found.length > 0 ? found : ok('There is nothing old among them.');
}
