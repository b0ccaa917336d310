/** The random order of a soak's steps: only what can be done at each desk, and shows what comes of it. */
import type { Random } from '../random.ts';
import {
  type Desk,
  deskAfter,
  deskAtStart,
  type Device,
  freePorts,
  mousePort,
  refusalOf,
  type Step,
  stickPort,
  targetOfChord,
  twinPort,
} from './soak-desk.ts';

/** As many steps as it takes for so many faults. */
export function planSoak(random: Random, faults: number): Step[] {
  const steps: Step[] = [];
  let desk = deskAtStart;
  for (let left = faults; left > 0;) {
    const step = nextStep(random, desk);
    steps.push(step);
    desk = deskAfter(desk, step);
    if (isFault(step)) left -= 1;
  }
  return steps;
}

/** What befalls a seat, besides what people ask of it and what makes the next fault possible. */
function isFault({ kind }: Step): boolean {
  const others: Step['kind'][] = ['give', 'chord', 'panic', 'empty', 'resume', 'start domain'];
  return !others.includes(kind);
}

function nextStep(random: Random, desk: Desk): Step {
  const choices = choicesOf(random, desk);
  const all = choices.reduce((sum, [share]) => sum + share, 0);
  let left = random.below(all);
  const chosen = choices.find(([share]) => (left -= share) < 0);
  return chosen?.[1] ?? { kind: 'give', to: 'host' };
}

/** What can be done at the desk, each with its share. Nothing stays away for long. */
function choicesOf(random: Random, desk: Desk): [number, Step][] {
  const { domain, isLibvirtUp, ports, filled } = desk;
  const free = freePorts(desk);
  const refusal = refusalOf(desk, targetOfChord(desk));
  return [
    [6, { kind: 'give', to: 'win10' }],
    [3, { kind: 'give', to: 'host' }],
    // A second failure of one kind does not show.
    ...only(refusal === null || refusal !== desk.failure?.code, [10, { kind: 'chord' }]),
    // Of a chord that has failed it says the same.
    ...only(desk.failure === null, [3, { kind: 'panic' }]),
    ...[...ports.keys()].map((device): [number, Step] => [5, { kind: 'unplug', device }]),
    ...sockets(desk).map(([device, into]): [number, Step] => [10, { kind: 'plug', device, into }]),
    ...only(canSwap(desk), [8, { kind: 'swap' }]),
    ...(refusal === null ? clashing(desk) : []).map((fault): [number, Step] => [
      2,
      { kind: 'clash', fault, afterMs: random.below(longestMs) },
    ]),
    ...(isLibvirtUp
      ? [
          ...only(domain === 'running', [6, { kind: 'pause' }]),
          ...only(domain === 'paused', [20, { kind: 'resume' }]),
          ...only(domain === 'shut off', [50, { kind: 'start domain' }]),
          ...only(domain !== 'shut off', [4, { kind: 'kill QEMU' }]),
          ...only(free > 0, [4, { kind: 'fill', count: free }]),
          ...only(free > 1, [4, { kind: 'fill', count: free - 1 }]),
          ...only(filled > 0, [15, { kind: 'empty' }]),
          ...withoutService(desk).map((meanwhile): [number, Step] => [
            1,
            { kind: 'kill service', meanwhile },
          ]),
          ...only(true, [3, { kind: 'kill libvirtd' }]),
        ]
      : only(true, [20, { kind: 'start libvirtd' }])),
  ];
}

/** With few ports, it would be chance which of the two has one. */
function canSwap({ ports, filled }: Desk): boolean {
  return ports.has('mouse') && ports.has('keyboard2') && filled === 0;
}

/** By then a chord is mostly through. */
const longestMs = 1500;

/** What can befall a handoff while it goes on. */
function clashing(desk: Desk): Step[] {
  const { isLibvirtUp, domain, ports, filled, left } = desk;
  // With few ports, or a device that was left behind, it would be chance what a whole seat is.
  if (!isLibvirtUp || domain !== 'running' || filled > 0 || left.size > 0) return [];
  return [
    ...[...ports.keys()].map((device): Step => ({ kind: 'unplug', device })),
    { kind: 'pause' },
    { kind: 'kill QEMU' },
    { kind: 'kill service', meanwhile: null },
    // Killed while it gives, it may refuse the device from then on, until that is plugged in anew.
    ...(targetOfChord(desk) === 'host' ? [{ kind: 'kill libvirtd' } as const] : []),
  ];
}

/** What comes to the same whether a service that starts sees it happen or finds it done. */
function withoutService(desk: Desk): (Step | null)[] {
  const { domain, ports, held } = desk;
  const unplugged = [...ports.keys()].filter((device) => !held.has(device) || held.size > 1);
  return [
    null,
    ...unplugged.map((device): Step => ({ kind: 'unplug', device })),
    ...(domain === 'shut off' ? [] : [{ kind: 'kill QEMU' } as const]),
    ...(domain === 'running' ? [{ kind: 'pause' } as const] : []),
    // What it has besides, and where it has had these, shows whose they are.
    ...(held.size === 3 && canSwap(desk) ? [{ kind: 'swap' } as const] : []),
  ];
}

function only(isPossible: boolean, choice: [number, Step]): [number, Step][] {
  return isPossible ? [choice] : [];
}

/** Where each device that is away can be plugged in. */
function sockets({ ports }: Desk): [Device, number][] {
  const taken = new Set(ports.values());
  const own: Record<Device, number[]> = {
    mouse: [mousePort, twinPort],
    keyboard2: [mousePort, twinPort],
    stick: [stickPort],
  };
  return (['mouse', 'keyboard2', 'stick'] as const)
    .filter((device) => !ports.has(device))
    .flatMap((device) =>
      own[device]
        .filter((port) => !taken.has(port))
        .map((port): [Device, number] => [device, port]),
    );
}
