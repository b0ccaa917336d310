/** The running kernel, and the modules that guests need of it. */
import type { ModuleState } from '../system/kernel.ts';
import type { PciDevice } from '../system/pci.ts';
import { kernelParameters } from '../system/kernel-parameters.ts';
import { about, type Check, type Finding, known, ok, problem, unknown, warning } from './check.ts';
import { isForVfio } from './vfio-drivers.ts';
import type { Facts } from './facts.ts';
import { loadEarly } from './early-loading.ts';
import { changeLine } from './kernel-line.ts';
import { kernelParameterChecks } from './kernel-parameter-checks.ts';
import { buildingKvmfr, loading } from './module-commands.ts';
import { idsNeededAtStart } from './needed.ts';
import { idsIn, idsText, pciDeviceText } from './pci-text.ts';
import { prohibitionOf } from './prohibited-module.ts';
import { takeFromHost } from './take-from-host.ts';

export const kernelChecks: Check[] = [
  {
    id: 'kernel.version',
    title: 'Version of the kernel',
    look: ({ kernel }) =>
      known(kernel, 'version', ([major, minor]) =>
        major > 5 || (major === 5 && minor >= 15)
          ? ok(`${kernel.release} tells how each device can be reset.`)
          : ok(
              `${kernel.release} does not tell how a device is reset, as kernels from 5.15 on do.`,
            ),
      ),
  },
  ...kernelParameterChecks,
  {
    id: 'kernel.vfio-pci',
    title: 'Driver vfio-pci',
    look: (facts) =>
      moduleFinding(facts, 'vfio_pci', 'gives PCI devices to guests', (state) => {
        if (state !== 'loadable') {
          return ok(state === 'built-in' ? 'It is built into the kernel.' : 'It is loaded.');
        }
        const prohibition = prohibitionOf(facts, 'vfio_pci');
        return prohibition === null
          ? ok('It is loaded when a domain needs it.')
          : problem(
              `${prohibition.by} keeps it from being loaded, so that no domain with a PCI device starts.`,
              prohibition.todo,
            );
      }),
  },
  {
    id: 'kernel.vfio-options',
    title: 'Options of vfio-pci in modprobe.d',
    look: vfioOptions,
  },
  {
    id: 'kernel.vfio-ids',
    title: 'Devices that are set aside for vfio-pci',
    look: vfioIds,
  },
  {
    id: 'kernel.uinput',
    title: 'Module uinput',
    look: (facts) =>
      moduleFinding(facts, 'uinput', 'makes the keyboards and mice that guests read'),
  },
  {
    id: 'kernel.vhost-net',
    title: 'Module vhost_net',
    look: (facts) => moduleFinding(facts, 'vhost_net', "carries guests' network in the kernel"),
  },
  {
    id: 'kernel.tun',
    title: 'Module tun',
    look: (facts) => moduleFinding(facts, 'tun', 'is the other end of a network card of a guest'),
  },
  {
    id: 'kernel.virtio',
    title: 'Virtio modules',
    look: ({ kernel }) => {
      const names = ['virtio_pci', 'virtio_net', 'virtio_blk', 'virtio_scsi', 'virtio_balloon'];
      const unclear = names.filter((name) => (kernel.modules[name] ?? null) === null);
      if (unclear.length > 0) return unknown(kernel.unread['modules'] ?? 'nobody tells');
      const absent = names.filter((name) => kernel.modules[name] === 'absent');
      return absent.length === 0
        ? ok('A Linux guest with this kernel has all drivers for virtio.')
        : warning(
            `This kernel has no ${absent.join(', ')}, which a Linux guest with it would need.`,
            {
              advice: "Build it with them, or use the distribution's kernel.",
            },
          );
    },
  },
  {
    id: 'kernel.kvmfr',
    title: 'Module kvmfr',
    look: (facts) => {
      const wanted = facts.sharedMemory.some(({ entry }) => entry.path.startsWith('/dev/kvmfr'));
      if (!wanted) return [];
      return moduleFinding(
        facts,
        'kvmfr',
        'makes the shared memory that the configuration names',
        (state) =>
          state === 'loadable'
            ? problem(
                'The module kvmfr is there and not loaded, so there is no /dev/kvmfr0.',
                loading(facts.boot, 'kvmfr'),
              )
            : ok('It is loaded.'),
      );
    },
  },
];

function moduleFinding(
  { kernel, boot }: Facts,
  name: string,
  what: string,
  found: (state: ModuleState) => Finding = () => ok('It is there.'),
): Finding {
  const state = kernel.modules[name] ?? null;
  if (state === null) return unknown(kernel.unread['modules'] ?? 'nobody tells');
  if (state !== 'absent') return found(state);
  return problem(
    `This kernel has no module ${name}, which ${what}.`,
    name === 'kvmfr'
      ? buildingKvmfr(boot, {
          advice: 'Build it from the sources of Looking Glass (module/, with dkms).',
        })
      : {
          advice:
            "After an upgrade of the kernel, start the machine anew; otherwise use the distribution's own kernel.",
        },
  );
}

/** Options of what is built in are read from the kernel's command line alone. */
function vfioOptions({ kernel, boot, pci }: Facts) {
  return known(kernel, 'moduleRules', (rules) => {
    const options = rules.filter(({ kind, module }) => kind === 'options' && module === 'vfio_pci');
    const first = options[0];
    if (first === undefined) return ok('No file gives it options.');
    const state = kernel.modules['vfio_pci'];
    if (state === null) return unknown(kernel.unread['modules'] ?? '');
    if (state === 'built-in') {
      const words = options.flatMap(({ text }) => text.split(/\s+/));
      const told = kernelParameters(words.map((word) => `vfio-pci.${word}`).join(' '));
      const parameters = kernel.parameters ?? [];
      // The kernel takes the last of several.
      const missing = told.filter(
        ({ name, value }) => parameters.findLast((each) => each.name === name)?.value !== value,
      );
      if (missing.length === 0) {
        return ok(`It is built in, and the kernel's command line says what ${first.file} does.`);
      }
      const add = missing.map(({ text }) => text);
      const remove = parameters
        .filter((each) => missing.some(({ name }) => name === each.name))
        .map(({ text }) => text);
      const needed = idsNeededAtStart(pci, add.flatMap(idsIn));
      return problem(
        `vfio-pci is built into this kernel, so the options in ${first.file} do nothing.`,
        needed === null ? changeLine(boot, { add, remove }) : { advice: needed },
      );
    }
    return ok(`${first.file} gives it: ${first.text}.`);
  });
}

function vfioIds({ kernel, boot, pci }: Facts) {
  return known(kernel, 'parameters', (parameters) => {
    const lists = [
      ...parameters.filter(({ name }) => name === 'vfio_pci.ids').map(({ value }) => value ?? ''),
      ...(kernel.moduleRules ?? [])
        .filter(({ kind, module }) => kind === 'options' && module === 'vfio_pci')
        .map(({ text }) => /(?:^|\s)ids=(\S+)/.exec(text)?.[1] ?? ''),
    ];
    const ids = [...new Set(lists.flatMap((list) => list.toLowerCase().split(',')))].filter((id) =>
      /^[\da-f]{4}:[\da-f]{4}/.test(id),
    );
    if (ids.length === 0) {
      return kernel.moduleRules === null
        ? unknown(kernel.unread['moduleRules'] ?? 'nobody tells')
        : ok('None is named by its ids.');
    }
    if (pci.unread['devices'] !== undefined) return unknown(pci.unread['devices']);
    // What has vfio-pci come first has it take all of them.
    const needed = idsNeededAtStart(
      pci,
      ids.map((id) => id.slice(0, 9)),
    );
    return ids.map((id) => {
      const own = pci.devices.filter((device) => idsText(device) === id.slice(0, 9));
      if (own.length === 0) {
        return about(
          id,
          warning(`No device of this machine has the ids ${id}.`, {
            advice:
              'Take them out of the list, or put the card back; `handglass groups --json` has the ids of all.',
          }),
        );
      }
      const others = own.filter(
        ({ driver, unread }) =>
          unread['driver'] === undefined && (driver === null || !isForVfio(driver)),
      );
      const [other] = others;
      const [unseen] = own.flatMap(({ unread }) => unread['driver'] ?? []);
      if (other === undefined && unseen !== undefined) return about(id, unknown(unseen));
      if (other === undefined)
        return about(id, ok(`vfio-pci has ${pciDeviceText(own[0]!, pci.names)}.`));
      const name = pciDeviceText(other, pci.names);
      if (others.length < own.length) {
        return about(
          id,
          ok(
            `${own.length} devices have these ids, and ${other.address} is with the host (${other.driver ?? 'no driver'}).`,
          ),
        );
      }
      return about(
        id,
        problem(
          `${other.address} (${name}) is to be vfio-pci's, and ${other.driver === null ? 'no driver' : other.driver} has it.`,
          needed !== null
            ? { advice: `${needed} Otherwise take the ids out of the list.` }
            : kernel.modules['vfio_pci'] === 'built-in'
              ? takeFromHost(pci, [other.address])
              : loadEarly(boot, rulesOf(kernel), rivalsOf(others, pci)),
        ),
      );
    });
  });
}

function rivalsOf(devices: readonly PciDevice[], { candidates }: Facts['pci']): string[] {
  const modules = devices.flatMap(({ address }) => candidates.get(address) ?? []);
  return [...new Set(modules)].filter((name) => !isForVfio(name));
}

function rulesOf({ moduleRules }: Facts['kernel']): string[] {
  return [
    ...new Set(
      (moduleRules ?? []).filter(({ module }) => module === 'vfio_pci').map(({ file }) => file),
    ),
  ];
}
