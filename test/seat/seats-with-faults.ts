/** The seats of a model in the world in memory, where effects fail and people do not wait. */
import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import type { Wish } from '../../src/seat/life.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { isPhantom } from '../../src/usb/phantoms.ts';
import { usbDevice } from '../usb/devices.ts';
import { opticalDrive } from './drives.ts';
import {
  type Act,
  atStart,
  configured,
  drive,
  isAsked,
  type Model,
  movesOf,
  type Name,
  ports,
  type SeatModel,
  takesPlace,
} from './seats-model.ts';
import { createWorld, panicAll } from './world.ts';

const failures: Record<string, Error> = {
  refused: new Error('refused'),
  away: new HandglassError('libvirt-unavailable', 'libvirt is away.'),
  /** It is done, and nobody is there any more to say so. */
  lost: new HandglassError('libvirt-unavailable', 'libvirt is away.'),
  deaf: new HandglassError('domain-deaf', 'Nothing reads the proxies.'),
};

const lost = ['giveUsb', 'giveArrived', 'takeUsb', 'giveDrives', 'takeDrives', 'clearPhantoms'];
const away = ['readDomains', 'checkUsb', 'attached', 'attach', 'detach', ...lost];
/** Each effect, and each call of a domain that some are made of. */
export const effects = [
  'readMachine',
  'checkDrives',
  'untilUsable',
  'restoreDrivers',
  'input',
  ...away,
];
/** How each can fail. */
export const allFaults = [
  ...effects.map((each) => `${each} refused`),
  ...away.map((each) => `${each} away`),
  ...lost.map((each) => `${each} lost`),
  'input deaf',
];

/** What comes after so many calls. */
export interface After<What> {
  what: What;
  calls: number;
}

/** What befalls the seats, and what comes in the midst of it. */
export interface Doing {
  act: Act;
  /** What is to fail, in this act or a later one, among calls of its kind. */
  fault: After<string> | null;
  /** What else is asked then. */
  meanwhile: After<Act> | null;
  /** Whether something else has just been noticed, so that what is known is in doubt. */
  isNoticed: boolean;
}

export type Place = ReturnType<typeof startPlace>;

export function startPlace() {
  const world = createWorld();
  const { input } = world.effects;
  const readDomains = world.effects.readDomains.bind(world.effects);
  const wishes: Wish[] = [];
  /** What has failed since the act began: one call at most, with how. */
  const failed: string[] = [];
  const met = new Set<string>();
  let faults: After<string>[] = [];
  let isCalm = true;
  let next: After<() => void> | null = null;
  /** Calls that send something to a domain from which the seat is being brought home. */
  let late: string[] | null = null;
  world.optical = [opticalDrive({ path: drive })];
  world.fail = (call) => (/^(attached|attach|detach|input) /.test(call) ? meet(call) : undefined);
  for (const [name, run] of Object.entries<unknown>({ ...world.effects })) {
    if (typeof run !== 'function') continue;
    const meeting = async (...given: unknown[]): Promise<unknown> => {
      await meet(name);
      const answer: unknown = await run(...given);
      await meet(name, true);
      return answer;
    };
    Object.assign(world.effects, { [name]: meeting });
  }
  const seats = createSeats({ seats: Object.values(configured) }, world.effects, () => {}, {
    wished: (wish) => void wishes.push(wish),
  });

  async function meet(call: string, isDone = false): Promise<void> {
    // Who has called knows that by the time at which anything else comes.
    await Promise.resolve();
    if (/^(give(Usb|Arrived)|input)/.test(call) && !isDone) late?.push(call);
    if (next !== null && --next.calls < 0) {
      const { what } = next;
      next = null;
      what();
    }
    if (isCalm || failed.length > 0) return;
    const [name = ''] = call.split(' ');
    const fault = faults.find(
      ({ what }) => what.startsWith(`${name} `) && what.endsWith(' lost') === isDone,
    );
    if (fault === undefined || --fault.calls >= 0) return;
    faults = faults.filter((each) => each !== fault);
    const [, kind = ''] = fault.what.split(' ');
    failed.push(`${call} ${kind}`);
    met.add(name);
    throw failures[kind];
  }

  function holderOf(name: Name, part: string): string | null {
    if (part === 'Keyboard') return input.ownerOf(name);
    if (part === drive) return [...world.drives].find(([, held]) => held.length > 0)?.[0] ?? 'host';
    const isIn = world.usb.some(({ serial }) => serial === part);
    return isIn ? world.holder(ports[part] ?? '') : null;
  }

  /** Gives why it has failed, where something is asked of the seats. */
  async function perform(model: Model, act: Act): Promise<string | null> {
    const moves = movesOf(model, act);
    if (act.kind === 'give') return codeOf(seats.give(act.seat, act.to));
    if (act.kind === 'toggle') return codeOf(seats.toggle(act.seat));
    if (act.kind === 'bring') return codeOf(seats.bring(act.seat, {}));
    if (act.kind === 'chord' || act.kind === 'panic') {
      for (const [name, to] of moves) {
        const doesSend = to === 'host' || name === 'loft';
        if (doesSend && configured[name].input.length > 0) world.sendInput(name, to);
      }
      if (act.kind === 'panic') return codeOf(panicAll(seats));
      return codeOf(Promise.all([...moves].map((move) => seats.follow(...move, 'chord'))));
    }
    if (act.kind === 'domain') {
      const held = Object.values(ports).filter((port) => world.holder(port) === act.domain);
      world.setState(act.domain, act.state);
      // As a QEMU leaves them that is killed.
      if (act.state === 'crashed') for (const port of held) world.driverless.add(port);
    } else if ('part' in act) world[act.kind](ports[act.part] ?? '');
    seats.notice();
    return null;
  }

  return {
    failed,
    met,
    /**
     * Gives why it has failed, and likewise what was asked in the midst of it.
     *
     * @param after what the act itself comes to
     */
    async begin(before: Model, after: Model, { act, fault, meanwhile, isNoticed }: Doing) {
      const moves = movesOf(before, act);
      const asked: Promise<[Act, string | null]>[] = [];
      const ask = (other: Act): void => {
        const isOver = !seats.view().seats.some(({ moving }) => moving);
        if (isAsked(act) && isOver) return;
        const to = movesOf(after, other);
        const isHome = [...moves].every(([name]) => to.get(name) === 'host');
        if (isHome && moves.size > 0 && takesPlace(other)) late = [];
        asked.push(perform(after, other).then((code) => [other, code]));
      };
      failed.length = 0;
      late = null;
      isCalm = false;
      if (fault !== null) faults.push({ ...fault });
      next = meanwhile && { ...meanwhile, what: () => ask(meanwhile.what) };
      if (isNoticed) seats.notice();
      const performing = perform(before, act);
      const isHome = 'seat' in act && moves.get(act.seat) === 'host';
      // The input devices come at once, whatever else is going on.
      if (isHome) expect(input.ownerOf(act.seat)).toBe('host');
      const failure = await performing;
      // Nothing in this world takes longer than a promise.
      await setImmediate();
      next = null;
      const others = await Promise.all(asked);
      await setImmediate();
      expect(late ?? []).toEqual([]);
      return { failure, others };
    },
    /** Until nothing goes on by itself; gives what became of the moves that did. */
    async rest(): Promise<Map<string, string | null>> {
      const codes = new Map<string, string | null>();
      do {
        for (let wish = wishes.shift(); wish !== undefined; wish = wishes.shift()) {
          const { seat, to } = wish;
          const code = await codeOf(to === 'host' ? seats.bring(seat, {}) : seats.give(seat, to));
          if (!codes.has(`${seat} ${to}`)) codes.set(`${seat} ${to}`, code);
          await setImmediate();
        }
        isCalm = true;
        // A repair that has failed waits for a change, such as a device of no seat.
        const other = usbDevice({ port: '1-9', device: 100 + world.calls.length });
        world.usb = [...world.usb.filter(({ port }) => port !== '1-9'), other];
        await seats.refresh();
        await setImmediate();
      } while (seats.isBlind() || wishes.length > 0);
      return codes;
    },
    /** What has really become of a seat, and what is shown of it. */
    seat(name: Name) {
      const held = Object.keys(atStart.seats[name].parts).map((part) => [
        part,
        holderOf(name, part),
      ]);
      const view = seats.view().seats.find((seat) => seat.name === name);
      const shown = view?.devices.map((device) => [device.selector, device.with]) ?? [];
      return {
        handoffs: view?.move?.number ?? 0,
        parts: Object.fromEntries(held) as SeatModel['parts'],
        shown: {
          owner: view?.owner,
          moving: view?.moving,
          parts: Object.fromEntries(shown) as SeatModel['parts'],
        },
      };
    },
    /** What nothing may leave. */
    async remains() {
      const { problem, unrepaired } = seats.view();
      const { attached } = await readDomains();
      const phantoms = [...attached.values()].flat().filter((each) => isPhantom(each, world.usb));
      return [problem ?? [], unrepaired, phantoms, [...world.driverless]].flat();
    },
  };
}

async function codeOf(asked: Promise<unknown>): Promise<string | null> {
  try {
    await asked;
    return null;
  } catch (error) {
    return error instanceof HandglassError ? error.code : String(error);
  }
}
