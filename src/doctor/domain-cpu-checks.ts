/** A domain's processors against those of the host. */
import type { DomainXml } from '../libvirt/domain-xml.ts';
import { numbersFrom } from '../system/number-list.ts';
import { type Check, type Finding, known, ok, problem, unknown, warning } from './check.ts';
import { rangesOf } from './cpu-checks.ts';
import { eachDomain, editCommand } from './each-domain.ts';
import type { Facts } from './facts.ts';

export const domainCpuChecks: Check[] = [
  { id: 'domain.pins', title: 'Pinned processors', look: eachDomain(pins) },
  { id: 'domain.pinned-cores', title: 'Pinned whole cores', look: eachDomain(pinnedCores) },
  { id: 'domain.pinned-kinds', title: 'Pinned to one kind of core', look: eachDomain(pinnedKinds) },
  { id: 'domain.pinned-nodes', title: 'Pinned to one node', look: eachDomain(pinnedNodes) },
  { id: 'domain.pinned-caches', title: 'Pinned to one cache', look: eachDomain(pinnedCaches) },
  { id: 'domain.topology', title: 'Cores that the guest sees', look: eachDomain(topology) },
  { id: 'domain.cpu-mode', title: 'Processor that the guest sees', look: eachDomain(cpuMode) },
  { id: 'domain.topoext', title: 'Threads of AMD in the guest', look: eachDomain(topoext) },
  { id: 'domain.hyperv', title: 'Help for Windows', look: eachDomain(hyperv) },
];

function pins(xml: DomainXml, { cpu }: Facts): Finding | Finding[] {
  if (xml.pins.length === 0) return [];
  const edit = { remedy: editCommand(xml.name) };
  return known(cpu, 'processors', (processors) => {
    const there = processors.map(({ number }) => number);
    const found = xml.pins.flatMap(({ what, cpus }): Finding[] => {
      const name = typeof what === 'number' ? `vcpu ${what}` : what;
      if (typeof what === 'number' && xml.vcpus !== null && what >= xml.vcpus) {
        return [
          problem(`It pins ${name}, and has ${xml.vcpus} vcpus, counted from 0.`, {
            ...edit,
            advice: 'Give it more, or take the line out.',
          }),
        ];
      }
      const wanted = listFrom(cpus);
      if (wanted === null) return [unknown(`${name} is pinned to "${cpus.slice(0, 40)}"`)];
      const missing = wanted.filter((number) => !there.includes(number));
      if (missing.length === 0) return [];
      return [
        problem(
          `It pins ${name} to ${rangesOf(missing)}, and this machine has the processors ${rangesOf(there)}: it does not start.`,
          edit,
        ),
      ];
    });
    return found.length > 0 ? found : ok('Each processor that is named exists.');
  });
}

function vcpuPins({ pins: all }: DomainXml): number[] {
  return [
    ...new Set(
      all.flatMap(({ what, cpus }) => (typeof what === 'number' ? (listFrom(cpus) ?? []) : [])),
    ),
  ];
}

function listFrom(cpus: string): number[] | null {
  try {
    return numbersFrom(cpus);
  } catch {
    return null;
  }
}

/** Half a core for the guest is half a core that the host disturbs. */
function pinnedCores(xml: DomainXml, { cpu }: Facts): Finding | Finding[] {
  const pinned = vcpuPins(xml);
  if (pinned.length === 0) return [];
  return known(cpu, 'processors', (processors) => {
    const torn = processors.filter(
      ({ number, siblings }) =>
        pinned.includes(number) && siblings.some((each) => !pinned.includes(each)),
    );
    if (torn.length > 0) {
      return warning(
        `It is pinned to ${rangesOf(torn.map(({ number }) => number))} and not to the other threads of these cores, which the host then uses.`,
        {
          remedy: editCommand(xml.name),
          advice: `Cores are: ${coresText(processors)}.`,
        },
      );
    }
    const { threads = 1 } = xml.cpu.topology ?? {};
    const most = Math.max(
      ...processors
        .filter(({ number }) => pinned.includes(number))
        .map(({ siblings }) => siblings.length),
    );
    return most > 1 && threads === 1
      ? warning(
          'It is pinned to cores of several threads and is told of one thread each, so it takes threads for cores.',
          {
            remedy: editCommand(xml.name),
            advice: `Write threads='${most}' into <topology>.`,
          },
        )
      : ok('It is pinned to whole cores.');
  });
}

/** A guest takes all of its processors for equally fast. */
function pinnedKinds(xml: DomainXml, { cpu }: Facts): Finding | Finding[] {
  const pinned = vcpuPins(xml);
  if (pinned.length === 0) return [];
  return known(cpu, 'hybrid', ({ fast, small }) => {
    if (small.length === 0) return [];
    const onFast = pinned.filter((number) => fast.includes(number));
    const onSmall = pinned.filter((number) => small.includes(number));
    if (onFast.length === 0 || onSmall.length === 0) {
      return ok(`It is pinned to ${onSmall.length === 0 ? 'fast' : 'small'} cores alone.`);
    }
    return warning(
      `It is pinned to fast cores (${rangesOf(onFast)}) and to small ones (${rangesOf(onSmall)}), which it takes for equally fast, so it stutters.`,
      {
        remedy: editCommand(xml.name),
        advice: `Fast are the processors ${rangesOf(fast)}; leave ${rangesOf(small)} to the host, and to <emulatorpin>.`,
      },
    );
  });
}

function coresText(processors: NonNullable<Facts['cpu']['processors']>): string {
  const cores = [...new Set(processors.map(({ siblings }) => siblings.join('+')))];
  return cores.length > 16 ? `${cores.slice(0, 16).join(', ')} and so on` : cores.join(', ');
}

function pinnedNodes(xml: DomainXml, { cpu, pci }: Facts): Finding | Finding[] {
  const pinned = vcpuPins(xml);
  if (pinned.length === 0) return [];
  return known(cpu, 'nodes', (nodes) => {
    if (nodes.length < 2) return [];
    const own = nodes.filter(({ processors }) => processors.some((each) => pinned.includes(each)));
    if (own.length > 1) {
      return warning(
        `It is pinned to processors of ${own.length} nodes, and half of its memory is far away.`,
        {
          remedy: editCommand(xml.name),
          advice: `One node has the processors ${rangesOf(own[0]?.processors ?? [])}.`,
        },
      );
    }
    const far = xml.pci.flatMap(({ address }) => {
      const device = pci.devices.find((each) => each.address === address);
      const node = device?.numaNode ?? null;
      return device === undefined || node === null || node === own[0]?.number ? [] : [device];
    });
    return far.length === 0
      ? ok(`It is pinned to node ${own[0]?.number}, where its devices are.`)
      : warning(
          `It is pinned to node ${own[0]?.number}, and its device ${far[0]?.address} is on node ${far[0]?.numaNode}.`,
          {
            remedy: editCommand(xml.name),
            advice: `That node has the processors ${rangesOf(nodes.find(({ number }) => number === far[0]?.numaNode)?.processors ?? [])}.`,
          },
        );
  });
}

/** A guest takes all of its processors for equally near to each other. */
function pinnedCaches(xml: DomainXml, { cpu }: Facts): Finding | Finding[] {
  const pinned = vcpuPins(xml);
  if (pinned.length === 0) return [];
  return known(cpu, 'caches', (caches) => {
    if (caches.length < 2) return [];
    const own = caches.filter((each) => each.some((number) => pinned.includes(number)));
    if (own.length === 1) return ok('Its processors share one cache of the third level.');
    const room = caches.find((each) => each.length >= pinned.length);
    if (room === undefined) {
      return ok(
        `It is pinned to processors of ${own.length} caches of the third level, since none has ${pinned.length}.`,
      );
    }
    return warning(
      `It is pinned to processors of ${own.length} caches of the third level, between which data takes long, so it stutters.`,
      {
        remedy: editCommand(xml.name),
        advice: `One cache has the processors ${rangesOf(room)}.`,
      },
    );
  });
}

/** Windows for desktops uses two sockets at most. */
function topology(xml: DomainXml): Finding | Finding[] {
  const { vcpus } = xml;
  if (vcpus === null) return unknown('its XML does not say how many vcpus it has');
  if (vcpus === 1) {
    return xml.pci.length === 0
      ? ok('It has one vcpu.')
      : warning('It has one vcpu only, and a guest with a graphics card needs more.', {
          remedy: editCommand(xml.name),
        });
  }
  const { sockets, cores, threads } = xml.cpu.topology ?? { sockets: vcpus, cores: 1, threads: 1 };
  if (sockets * cores * threads !== vcpus) {
    return problem(
      `It has ${vcpus} vcpus, and its topology is for ${sockets * cores * threads}: it does not start.`,
      { remedy: editCommand(xml.name) },
    );
  }
  if (sockets <= 2) return ok(`It sees ${sockets * cores} cores of ${threads} threads.`);
  return warning(
    `It sees ${sockets} sockets of ${cores === 1 ? 'one core' : `${cores} cores`}, and Windows for desktops uses two sockets at most.`,
    {
      remedy: editCommand(xml.name),
      advice: `Write <topology sockets='1' cores='${vcpus}' threads='1'/> into <cpu>.`,
    },
  );
}

function cpuMode(xml: DomainXml): Finding | Finding[] {
  const { mode } = xml.cpu;
  if (xml.pci.length === 0) return [];
  return mode === 'host-passthrough' || mode === 'maximum'
    ? ok(`It sees the processor as it is (${mode}).`)
    : warning(
        `It sees ${mode === null ? "QEMU's simplest processor" : `a processor of the mode ${mode}`}, without all that this one can do.`,
        {
          remedy: editCommand(xml.name),
          advice: "Write <cpu mode='host-passthrough'>.",
        },
      );
}

function topoext(xml: DomainXml, { cpu }: Facts): Finding | Finding[] {
  if (cpu.vendor !== 'AuthenticAMD') return [];
  const { topology: cores, features, mode } = xml.cpu;
  if ((cores?.threads ?? 1) < 2) return [];
  const isOn = ['require', 'force'].includes(features['topoext'] ?? '');
  return isOn || mode === 'maximum'
    ? ok('It is told which threads belong to one core (topoext).')
    : warning('It has threads, and is not told which belong to one core.', {
        remedy: editCommand(xml.name),
        advice: "Write <feature policy='require' name='topoext'/> into <cpu>.",
      });
}

function hyperv(xml: DomainXml): Finding | Finding[] {
  if (xml.pci.length === 0) return [];
  return xml.hasHyperv
    ? ok('A Windows guest is told what helps it (hyperv).')
    : ok('A Windows guest would be smoother with <hyperv> in its <features>.');
}
