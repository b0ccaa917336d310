import { about, type Check, known, ok, problem, unknown, warning } from './check.ts';
import type { QuickFacts } from './facts.ts';
import { changeLine } from './kernel-line.ts';
import { isKvmLoaded } from './kvm-modules.ts';

export const cpuChecks: Check<QuickFacts>[] = [
  {
    id: 'cpu.virtualization',
    title: 'Virtualization by the processor',
    look: ({ cpu, kernel, virtualization: { kvmNode } }) =>
      known(cpu, 'virtualization', (extension) => {
        if (extension !== 'none') {
          return ok(`The processor runs guests itself (${extension}).`);
        }
        if (cpu.isGuest === true && (kvmNode === 'absent' || !isKvmLoaded(kernel))) {
          return problem('This machine is a guest itself, whose host does not let it run guests.', {
            advice:
              'Let its host pass the processor on as it is (`host-passthrough`), with nested guests allowed.',
          });
        }
        if (kvmNode !== null && kvmNode !== 'absent') {
          return ok('The kernel runs guests with KVM, whatever the processor says of itself.');
        }
        const name = cpu.vendor === 'AuthenticAMD' ? 'SVM' : 'Intel VT-x';
        return problem('The processor cannot run guests, or the firmware has that off.', {
          advice: `Turn on \`${name}\` in the firmware's setup; no command can.`,
        });
      }),
  },
  {
    id: 'cpu.kvm',
    title: 'KVM',
    look: ({ cpu, boot, virtualization }) =>
      known(virtualization, 'kvmNode', (node) => {
        if (node !== 'absent') return ok('/dev/kvm is there.');
        const module = cpu.vendor === 'AuthenticAMD' ? 'kvm_amd' : 'kvm_intel';
        if (boot.container !== null && boot.container !== '') {
          return problem('There is no /dev/kvm in this container.', {
            advice: 'Look at the host itself, or start the container with `--device /dev/kvm`.',
          });
        }
        return problem('There is no /dev/kvm, so guests run many times slower or not at all.', {
          remedy: `sudo modprobe ${module}`,
          advice: "Where that fails, virtualization is off in the firmware's setup.",
        });
      }),
  },
  {
    id: 'cpu.guest',
    title: 'Machine under this one',
    look: ({ cpu }) =>
      known(cpu, 'isGuest', (isGuest) =>
        isGuest
          ? warning(
              'This machine is a guest itself, which shows neither all devices nor true times.',
              {
                advice: 'Take what is said here for this guest alone.',
              },
            )
          : ok('This machine is no guest.'),
      ),
  },
  {
    id: 'cpu.topology',
    title: 'Cores and threads',
    look: ({ cpu }) =>
      known(cpu, 'processors', (processors) => {
        const cores = new Set(processors.map(({ siblings }) => siblings.join()));
        const threads = Math.max(...processors.map(({ siblings }) => siblings.length));
        const whole = processors.findLast(({ siblings }) => siblings.length === threads);
        return ok(
          threads === 1
            ? `There are ${cores.size} cores of one thread each, which a guest can be pinned to singly.`
            : `There are ${cores.size} cores of up to ${threads} threads: a guest is pinned to whole cores, such as ${whole?.siblings.join(' and ')}.`,
        );
      }),
  },
  {
    id: 'cpu.hybrid',
    title: 'Fast and small cores',
    look: ({ cpu }) =>
      known(cpu, 'hybrid', ({ fast, small }) =>
        small.length === 0
          ? ok('All cores are alike, as far as the kernel tells.')
          : ok(
              `Fast are the processors ${rangesOf(fast)}, small ${rangesOf(small)}: a guest that is pinned to both stutters.`,
            ),
      ),
  },
  {
    id: 'cpu.nodes',
    title: 'Memory nodes (NUMA)',
    look: ({ cpu }) =>
      known(cpu, 'nodes', (nodes) =>
        nodes.length < 2
          ? ok('All memory is as near to every core.')
          : ok(
              `There are ${nodes.length} nodes: ${nodes.map(({ number, processors }) => `${number} has the processors ${rangesOf(processors)}`).join(', ')}.`,
            ),
      ),
  },
  {
    id: 'cpu.governor',
    title: 'Processor frequency',
    look: ({ cpu }) => known(cpu, 'governors', (governors) => governorFinding(cpu, governors)),
  },
  {
    id: 'cpu.clock-source',
    title: 'Clock of the kernel',
    look: ({ cpu }) =>
      known(cpu, 'clockSource', (source) =>
        source === 'tsc' || source === 'kvm-clock' || source === 'arch_sys_counter'
          ? ok(`The kernel tells the time by ${source}, which is fast.`)
          : warning(
              `The kernel tells the time by ${source}, which is slow and makes guests stutter (high DPC latency).`,
              {
                advice:
                  "The kernel's log says why it does not trust the TSC; newer firmware often mends it.",
              },
            ),
      ),
  },
  {
    id: 'cpu.old-npt',
    title: 'Nested page tables of AMD',
    look: oldNpt,
  },
];

function governorFinding({ frequencyDriver }: QuickFacts['cpu'], governors: readonly string[]) {
  if (governors.length === 0) {
    return ok('The kernel does not choose the frequency: the firmware or a host does.');
  }
  // These two choose by themselves what is needed, whatever the word.
  const isByHardware = /^(intel_pstate|amd-pstate-epp)$/.test(frequencyDriver ?? '');
  const slow = governors.filter((each) => each === 'powersave' || each === 'conservative');
  if (slow.length === 0 || isByHardware) {
    return ok(`Its frequency follows the load (${governors.join(', ')}).`);
  }
  return warning(
    `The processor stays at its lowest frequency or rises slowly (${slow.join(', ')}), which makes guests stutter.`,
    {
      remedy:
        'echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor',
      advice: 'That lasts until the next start.',
    },
  );
}

function oldNpt({ cpu, kernel, boot }: QuickFacts) {
  if (cpu.vendor !== 'AuthenticAMD') return [];
  const off = kernel.parameters?.find(({ name, value }) => name === 'kvm_amd.npt' && value === '0');
  if (off !== undefined) {
    return about(
      'kvm_amd.npt=0',
      warning(
        'Nested page tables are off, which was a way around a fault of kernels before 4.14 and makes guests much slower.',
        changeLine(boot, { remove: [off.text] }),
      ),
    );
  }
  if (kernel.version === null) return unknown(kernel.unread['version'] ?? 'no version');
  const [major, minor] = kernel.version;
  if (major > 4 || (major === 4 && minor >= 14)) {
    return ok('This kernel has no fault with them.');
  }
  return warning(
    'Kernels before 4.14 have a fault in them, which makes graphics in guests very slow.',
    { advice: 'Use a newer kernel.' },
  );
}

/** `0-3,8`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}
