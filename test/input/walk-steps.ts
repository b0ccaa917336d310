/** A random walk: what is done to the keyboards, the guest and the service, and what is to come of it. */
import type { Random } from '../random.ts';

export type Keyboard = 'keyboard' | 'keyboard2';
export type Proxy = 'keyboard' | 'pointer';

export type Step =
  | { kind: 'press' | 'release'; on: Keyboard; key: string }
  | { kind: 'toggle'; on: Keyboard | 'both' }
  | { kind: 'panic'; on: Keyboard }
  | { kind: 'mouse' }
  | { kind: 'give'; to: 'host' | 'win10' }
  | { kind: 'unplug' | 'plug'; on: Keyboard }
  /** Who reads a proxy in QEMU's place. */
  | { kind: 'kill guest' | 'start guest'; proxy: Proxy }
  /** The domain's own process; then the domain is started anew. */
  | { kind: 'kill QEMU' }
  | { kind: 'kill service' };

export interface Desk {
  owner: 'host' | 'win10';
  /** Keys that are down on each keyboard. */
  down: Record<Keyboard, ReadonlySet<string>>;
  unplugged: Keyboard | null;
  /** The proxy that nobody reads. */
  deaf: Proxy | null;
  /** Steps that the service is left alone for after it was killed; 0: it runs. */
  starting: number;
}

/** While it starts the host types on, and keys may be down that it has not seen go down. */
const startSteps = 60;

export const deskAtStart: Desk = {
  owner: 'host',
  down: { keyboard: new Set(), keyboard2: new Set() },
  unplugged: null,
  deaf: null,
  starting: 0,
};

/**
 * The desk once the step has been done and all has come to rest. The seat goes to the guest only
 * when no key is down, so a step that sends it there lets go of all keys.
 */
export function deskAfter(before: Desk, step: Step): Desk {
  const desk = { ...before, starting: Math.max(0, before.starting - 1) };
  switch (step.kind) {
    case 'press':
      return { ...desk, down: { ...desk.down, [step.on]: desk.down[step.on].union(only(step)) } };
    case 'release':
      return {
        ...desk,
        down: { ...desk.down, [step.on]: desk.down[step.on].difference(only(step)) },
      };
    case 'toggle':
      return desk.owner === 'host' ? givenToGuest(desk) : { ...desk, owner: 'host' };
    case 'give':
      return step.to === 'win10' && desk.owner === 'host'
        ? givenToGuest(desk)
        : { ...desk, owner: step.to };
    case 'unplug':
      return { ...desk, unplugged: step.on, down: { ...desk.down, [step.on]: new Set() } };
    case 'plug':
      return { ...desk, unplugged: null };
    case 'kill guest':
      return { ...desk, owner: 'host', deaf: step.proxy };
    case 'start guest':
      return { ...desk, deaf: null };
    case 'kill service':
      return { ...desk, owner: 'host', starting: startSteps };
    case 'kill QEMU':
    case 'panic':
      return { ...desk, owner: 'host' };
    case 'mouse':
  }
  return desk;
}

function givenToGuest(desk: Desk): Desk {
  return desk.deaf === null ? { ...desk, owner: 'win10', down: deskAtStart.down } : desk;
}

const only = ({ key }: { key: string }): Set<string> => new Set([key]);

export function planWalk(random: Random, count: number): Step[] {
  const steps: Step[] = [];
  let desk = deskAtStart;
  while (steps.length < count) {
    const step = nextStep(random, desk);
    steps.push(step);
    desk = deskAfter(desk, step);
  }
  return steps;
}

/** A boot keyboard reports six keys at most, and a chord needs its own. */
const heldLimit = 3;
const keys = ['a', 's', 'd', 'w', 'space', 'leftshift'] as const;

/** Of a thousand steps; the rest are keys. Nothing stays unplugged or deaf for long. */
const shares = {
  toggle: 60,
  panic: 10,
  mouse: 60,
  give: 15,
  unplug: 10,
  killGuest: 10,
  killQemu: 3,
  killService: 6,
};
const returnShare = 300;

function nextStep(random: Random, desk: Desk): Step {
  const plugged: [Keyboard, ...Keyboard[]] =
    desk.unplugged === null
      ? ['keyboard', 'keyboard2']
      : [desk.unplugged === 'keyboard' ? 'keyboard2' : 'keyboard'];
  const on = random.oneOf(plugged);
  let left = random.below(1000);
  const isChosen = (share: number) => (left -= share) < 0 && left >= -share;

  if (desk.starting > 0) {
    return isChosen(shares.mouse) ? { kind: 'mouse' } : keyStep(random, desk.down[on], on);
  }
  if (isChosen(shares.toggle)) {
    return { kind: 'toggle', on: desk.unplugged === null ? random.oneOf([on, 'both']) : on };
  }
  if (isChosen(shares.panic)) return { kind: 'panic', on };
  if (isChosen(shares.mouse)) return { kind: 'mouse' };
  if (isChosen(shares.give)) return { kind: 'give', to: random.oneOf(['host', 'win10']) };
  if (isChosen(shares.killService)) return { kind: 'kill service' };
  if (isChosen(shares.killQemu)) return { kind: 'kill QEMU' };
  if (isChosen(shares.unplug) && desk.unplugged === null) return { kind: 'unplug', on };
  if (isChosen(shares.killGuest) && desk.deaf === null) {
    return { kind: 'kill guest', proxy: random.oneOf(['keyboard', 'pointer']) };
  }
  if (desk.unplugged !== null && random.below(1000) < returnShare) {
    return { kind: 'plug', on: desk.unplugged };
  }
  if (desk.deaf !== null && random.below(1000) < returnShare) {
    return { kind: 'start guest', proxy: desk.deaf };
  }
  return keyStep(random, desk.down[on], on);
}

function keyStep(random: Random, down: ReadonlySet<string>, on: Keyboard): Step {
  const key = random.oneOf(keys);
  if (down.has(key)) return { kind: 'release', on, key };
  const [held] = down;
  if (held === undefined || down.size < heldLimit) return { kind: 'press', on, key };
  return { kind: 'release', on, key: held };
}

export function textOf(step: Step): string {
  return Object.values(step).join(' ');
}
