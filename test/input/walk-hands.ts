/** Does the steps of a walk in the virtual host, and waits for what has to come of each. */
import { LabFailure } from '../lab/failure.ts';
import type { Lab } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';
import { keyboard, keyboard2, mouse, proxies, serviceIn } from './desk.ts';
import {
  type Desk,
  deskAfter,
  deskAtStart,
  type Keyboard,
  type Proxy,
  type Step,
} from './walk-steps.ts';
import { comesTrue, eventually, patienceMs, type Press, type Witness, witness } from './witness.ts';

export interface Hands {
  /** Does a step; resolves when all is as it has to be after it, and rejects when it does not get so. */
  take(step: Step): Promise<void>;
  /** What each side saw last, for a failure. */
  story(): string;
  /** From each killing to the first key that the host saw, in milliseconds of the kernel's clock. */
  readonly silencesMs: { guest: number[]; service: number[] };
}

/** No letter of a walk; it shows who has a keyboard. */
const marker = 'f12';
/** What one has not brought by then, the next may. */
const tapMs = 200;
const fastTapMs = 30;
const nodes: Record<Keyboard, string> = { keyboard, keyboard2 };
const inputCount = 3;

/** The seat `desk` of both keyboards and the mouse is in force, and with the host. */
export async function handsOn(lab: Lab): Promise<Hands> {
  const service = serviceIn(lab);
  const grab = (proxy: Proxy) => witness(lab, `${proxies}/win10-${proxy}`, '--grab');
  const guests = { keyboard: await grab('keyboard'), pointer: await grab('pointer') };
  const hosts = {
    keyboard: await witness(lab, keyboard),
    keyboard2: await witness(lab, keyboard2),
    mouse: await witness(lab, mouse),
  };
  const silencesMs: Hands['silencesMs'] = { guest: [], service: [] };
  let desk = deskAtStart;

  const reader = (on: Keyboard, owner = desk.owner) =>
    owner === 'host' ? hosts[on] : guests.keyboard;
  const plugged = (): Keyboard[] =>
    (['keyboard', 'keyboard2'] as const).filter((each) => each !== desk.unplugged);
  const sights = () => {
    const seen = { ...hosts, guest: guests.keyboard };
    return Object.entries(seen)
      .map(([who, { down }]) => `${who}: ${[...down].join(' ')}`)
      .join(', ');
  };

  async function take(step: Step): Promise<void> {
    const before = desk;
    const after = deskAfter(desk, step);
    await act(step, before, after);
    desk = after;
    if (before.starting === 1) await expectRest(after);
    await eventually(isAtRest, () => `Keys are down that are up. Down: ${sights()}.`);
  }

  /** No side sees a key down that is up on the keyboard. */
  function isAtRest(): boolean {
    const { keyboard: first, keyboard2: second } = desk.down;
    return (
      hosts.keyboard.down.isSubsetOf(first) &&
      hosts.keyboard2.down.isSubsetOf(second) &&
      guests.keyboard.down.isSubsetOf(first.union(second))
    );
  }

  async function act(step: Step, before: Desk, after: Desk): Promise<void> {
    switch (step.kind) {
      case 'press':
        return press(step.on, step.key);
      case 'release':
        return lab.control(`release ${step.key} on ${step.on}`);
      case 'toggle':
        return toggle(step.on, before, after);
      case 'panic':
        await lab.control(`key leftctrl+leftalt+pause on ${step.on}`);
        return expectBoth('host');
      case 'mouse': {
        const witnessed = before.owner === 'host' ? hosts.mouse : guests.pointer;
        const seen = witnessed.motions;
        await lab.control('mouse 3 -2');
        return eventually(
          () => witnessed.motions > seen,
          () => `${before.owner} has not seen the mouse.`,
        );
      }
      case 'give':
        return give(step.to, before, after);
      case 'unplug':
        return unplug(step.on, before);
      case 'plug':
        return plug(step.on);
      case 'kill guest':
        return kill('guest', `listener ${proxies}/win10-${step.proxy}`, guests[step.proxy]);
      case 'start guest':
        guests[step.proxy] = await grab(step.proxy);
        return;
      case 'kill QEMU':
        await kill('guest', 'guest=win10');
        await service.until(/"name":"win10","state":"shut off"/);
        await output(lab, 'virsh start win10');
        return service.until(/"name":"win10","state":"running"/);
      case 'kill service':
        return kill('service', 'handglass.js daemon');
    }
  }

  /** It arrives where the seat is, once, unless another keyboard holds the key there. */
  async function press(on: Keyboard, key: string): Promise<void> {
    const there = reader(on);
    const elsewhere = reader(on, desk.owner === 'host' ? 'win10' : 'host');
    const isHeld = there.down.has(key);
    const news = [there, elsewhere].map((witness) => typedFromNowOn(witness));
    await lab.control(`press ${key} on ${on}`);
    // Nothing is to be seen of it then; but the other keyboard must not let go of the key before.
    if (isHeld) await tapUntilSeen(on, desk.owner);
    await eventually(
      () => isHeld || news[0]?.() !== '',
      () => `${desk.owner} has not seen ${key} of ${on}. Down: ${sights()}.`,
    );
    const [seen, seenElsewhere] = news.map((typed) => typed());
    if (seen !== (isHeld ? '' : key) || seenElsewhere !== '') {
      throw new LabFailure(
        `${key} was seen as "${seen}" by ${desk.owner}, "${seenElsewhere}" elsewhere.`,
      );
    }
  }

  async function toggle(on: Keyboard | 'both', before: Desk, after: Desk): Promise<void> {
    const [first, second] = on === 'both' ? (['keyboard', 'keyboard2'] as const) : [on, on];
    const released = countOf('leftctrl', guests.keyboard.releases);
    await press(first, 'leftctrl');
    if (before.owner === 'host') {
      await press(second, 'rightctrl');
    } else {
      await lab.control(`press rightctrl on ${second}`);
      // It lets go of the chord only when it no longer has the keyboards.
      await eventually(
        () => countOf('leftctrl', guests.keyboard.releases) > released,
        () => `The guest has not seen the chord. Down: ${sights()}.`,
      );
    }
    await lab.control(`release rightctrl on ${second}`);
    await lab.control(`release leftctrl on ${first}`);
    if (after.owner === 'win10') await liftAll(before);
    return expectBoth(after.owner);
  }

  async function give(to: Desk['owner'], before: Desk, after: Desk): Promise<void> {
    // It is refused while a move of a chord is not over.
    await service.owner(before.owner);
    const asked = service.ask(to);
    if (before.owner !== after.owner && after.owner === 'win10') await liftAll(before);
    const [answer, expected] = [await asked, after.owner === to ? to : 'domain-deaf'];
    if (answer !== expected) {
      throw new LabFailure(`The service says ${answer}, not ${expected}.`);
    }
    return expectBoth(after.owner);
  }

  async function liftAll({ down }: Desk): Promise<void> {
    for (const on of ['keyboard', 'keyboard2'] as const) {
      for (const key of down[on]) await lab.control(`release ${key} on ${on}`);
    }
  }

  async function unplug(on: Keyboard, { owner }: Desk): Promise<void> {
    await lab.control(`unplug ${on}`);
    await hosts[on].ended;
    await rest(owner, inputCount - 1);
    await tapUntilSeen(on === 'keyboard' ? 'keyboard2' : 'keyboard', owner);
  }

  async function plug(on: Keyboard): Promise<void> {
    await lab.control(`plug ${on}`);
    await until(lab, `test -e ${nodes[on]}`);
    hosts[on] = await witness(lab, nodes[on]);
    await rest(desk.owner, inputCount);
    await tapUntilSeen(on, desk.owner);
  }

  /** The host types again; keys are typed all the time, so that the first that it sees comes early. */
  async function kill(who: 'guest' | 'service', program: string, victim?: Witness): Promise<void> {
    const on = desk.unplugged === 'keyboard' ? 'keyboard2' : 'keyboard';
    const killed = service.kill(program);
    const seen = hosts[on].presses.length;
    await tapUntilSeen(on, 'host', fastTapMs);
    const at = await killed;
    await victim?.ended;
    const [first] = hosts[on].presses.slice(seen);
    if (desk.owner === 'win10' && first !== undefined) silencesMs[who].push((first.at - at) * 1000);
    return expectBoth('host');
  }

  /** Keyboards go over one by one; what is typed before that is nobody's. */
  async function expectBoth(owner: Desk['owner']): Promise<void> {
    for (const each of plugged()) await tapUntilSeen(each, owner);
  }

  /** Until a tap is seen on the side; none that is sent to the other side on the way there counts. */
  async function tapUntilSeen(on: Keyboard, owner: Desk['owner'], paceMs = tapMs): Promise<void> {
    const there = reader(on, owner);
    const seen = there.presses.length;
    const isSeen = () => there.presses.slice(seen).some(({ key }) => key === marker);
    const end = Date.now() + patienceMs;
    do {
      if (Date.now() > end) throw new LabFailure(`${owner} does not see ${on}. Down: ${sights()}.`);
      await lab.control(`key ${marker} on ${on}`);
    } while (!(await comesTrue(isSeen, paceMs)));
  }

  async function rest(owner: Desk['owner'], count: number): Promise<void> {
    const heard = '"present":true,"with":"[^"]*","problem":null';
    const none = `((?!${heard}).)*`;
    await service.owner(owner);
    await service.until(new RegExp(`^${none}(${heard}${none}){${count}}$`));
  }

  async function expectRest({ unplugged }: Desk): Promise<void> {
    await rest('host', inputCount - (unplugged === null ? 0 : 1));
  }

  function story(): string {
    const seen = { ...hosts, 'guest keyboard': guests.keyboard, 'guest pointer': guests.pointer };
    return Object.entries(seen)
      .map(([who, { last }]) => `${who}:\n  ${last.join('\n  ')}`)
      .join('\n');
  }

  await expectRest(desk);
  return { take, story, silencesMs };
}

/** What it has seen pressed since, less the marker, of which some may be late. */
function typedFromNowOn({ presses }: Witness): () => string {
  const before = presses.length;
  const isNews = ({ key }: Press, index: number) => index >= before && key !== marker;
  return () =>
    presses
      .filter(isNews)
      .map(({ key }) => key)
      .join(' ');
}

function countOf(key: string, keys: readonly string[]): number {
  return keys.filter((each) => each === key).length;
}
