/** The seats' input devices in the switchboard: who has them, and how they get there. */
import type { Config, Seat } from '../config/schema.ts';
import { HandglassError, isErrno } from '../errors.ts';
import type { Clock, Notify } from '../host/ports.ts';
import type { MoveReason, OpenSwitchboard, SwitchboardEvent } from '../host/switchboard-port.ts';
import type { InputDevice } from '../system/input.ts';
import type { AbsoluteDevices } from './absolute-devices.ts';
import { chordTable, targetsOf } from './chord-table.ts';
import { openOutputs, type Outputs } from './outputs.ts';
import { openSources } from './sources.ts';

export interface InputEvents {
  /**
   * A chord asks for a seat with USB devices or drives to go to `to`, as far as the switchboard knows, which has
   * sent its input devices there if that is the host. The USB devices may be elsewhere: `cycle` is what
   * the chord goes through, from the one that has the seat to the next. Every other seat the switchboard
   * has sent there by itself, as soon as its keys are up.
   */
  chord(seat: string, to: string, cycle: readonly string[]): void;
  /** The panic chord: all input devices are with the host. */
  panic(): void;
  /**
   * A seat's input devices have another owner. Of a seat that has more it is not told where a chord
   * is why: what has come last is all that counts, and `chord` says what to do.
   */
  moved(seat: string, owner: string, why: MoveReason): void;
  /** A device was unplugged or can no longer be read. */
  gone(): void;
  /** A seat could not go where a chord sent it, or not with all of its devices. */
  refused(seat: string, problem: HandglassError): void;
}

export interface InputSwitch {
  /**
   * Listens to what the seats' selectors name among these devices, and to nothing else. Gives the
   * devices that could not be opened; udev may not have set their rights yet.
   */
  follow(devices: readonly InputDevice[]): HandglassError[];
  /** Whether what lies at the path is listened to: who has its seat has it too then. */
  hears(path: string): boolean;
  /** Who has a seat's input devices: `host` or a domain. */
  ownerOf(seat: string): string;
  /** Grows with each move of a seat, and with each panic. */
  turnOf(seat: string): number;
  /**
   * Sends a seat's input devices to a domain once all their keys are up, unless they have moved since
   * `turn`. Fails with `domain-deaf` when nobody there reads its proxies, or `handoff-failed`.
   */
  give(seat: string, domain: string, turn: number): Promise<void>;
  /** Brings them back at once. */
  take(seat: string): void;
  /** The process whose end brings a domain's seats back. */
  watch(domain: string, pid: number | null): void;
  /** The process behind a target, and the events that its proxies have been sent so far. */
  sentTo(target: string): { pid: number | null; events: number };
  /** Everything goes back for good after this time; 0 takes that back. */
  tryFor(ms: number): void;
  readonly realtime: boolean;
  close(): void;
}

/** How long a seat waits for its keys to go up. */
const patienceMs = 10_000;

/** @param absolute what is remembered of devices with absolute axes */
export function switchInput(
  host: OpenSwitchboard & Notify & Clock,
  config: Pick<Config, 'seats' | 'chords'>,
  absolute: AbsoluteDevices,
  events: InputEvents,
): InputSwitch {
  const targets = targetsOf(config);
  const chords = chordTable(config);
  const owners = config.seats.map(() => ({ target: 0, turn: 0 }));
  const pids = new Map<string, number>();
  let waiting: { seat: number; target: number; settle: (error: HandglassError | null) => void }[] =
    [];
  const switchboard = host.openSwitchboard(hear, true);
  const sources = openSources(switchboard, config.seats);
  let outputs: Outputs | null = null;
  /** A look at the machine may still be under way then. */
  let isClosed = false;

  function hear(event: SwitchboardEvent): void {
    switch (event.kind) {
      case 'panic':
        settle(() => true, overtaken());
        events.panic();
        break;
      case 'chord':
        settle(({ seat, target }) => seat === event.seat && target !== event.target, overtaken());
        if (isDirect(event.seat)) expectThere(event.seat, event.target);
        else events.chord(seatName(event.seat), targetName(event.target), cycleOf(event));
        break;
      case 'moved':
        if (config.seats[event.seat] === undefined) break;
        owners[event.seat] = { target: event.target, turn: event.turn };
        settle(({ seat, target }) => seat === event.seat && target === event.target, null);
        settle(({ seat }) => seat === event.seat, overtaken());
        if (event.why !== 'chord' || isDirect(event.seat)) {
          events.moved(seatName(event.seat), targetName(event.target), event.why);
        }
        break;
      case 'refused':
        refuse(event.seat, refusal(event));
        break;
      case 'gone':
        sources.forget(event.device);
        events.gone();
        break;
    }
  }

  /** Somebody waits for the seat as a whole, or a device came later than the rest of it. */
  function refuse(seat: number, problem: HandglassError): void {
    if (!settle((wait) => wait.seat === seat, problem)) events.refused(seatName(seat), problem);
  }

  function settle(
    chosen: (wait: { seat: number; target: number }) => boolean,
    error: HandglassError | null,
  ): boolean {
    const settled = waiting.filter(chosen);
    waiting = waiting.filter((wait) => !settled.includes(wait));
    for (const wait of settled) wait.settle(error);
    return settled.length > 0;
  }

  function refusal({ code, device, target }: { code: string; device: number; target: number }) {
    const domain = targetName(target);
    if (code === 'deaf') {
      return new HandglassError(
        'domain-deaf',
        `Nothing in "${domain}" reads the keyboard and mouse that Handglass has for it.`,
        `\`handglass input --domain ${domain} --xml\` prints what the domain needs; it takes effect when the domain is started anew.`,
      );
    }
    const path = sources.pathOf(device) ?? 'a device';
    const remedy = code === 'EBUSY' ? 'Another program has grabbed it: end that one first.' : '';
    return new HandglassError(
      'handoff-failed',
      `${path} cannot be taken from the host: ${code}.`,
      remedy,
    );
  }

  function follow(devices: readonly InputDevice[]): HandglassError[] {
    if (isClosed) return [];
    const { sources: present, problems } = sources.follow(devices);
    // Not before the first look: a second service, which ends before that, must make none.
    const to = (outputs ??= openOutputs(host, switchboard, absolute, config.seats, targets));
    const outputProblems = to.follow(present, devices);
    switchboard.apply({
      routes: present.map(({ number, seat }) => ({
        device: number,
        seat,
        clones: to.clonesOf(number),
      })),
      targets: to.targets,
      seats: config.seats.map(({ swallow }, seat) => ({ swallow, direct: isDirect(seat) })),
      chords,
    });
    return [...problems, ...outputProblems];
  }

  async function give(name: string, domain: string, turn: number): Promise<void> {
    const seat = seatNumber(name);
    const target = targets.indexOf(domain);
    if (owners[seat]?.target === target) return;
    const arrival = arrivalOf(seat, target);
    if (!switchboard.move(seat, target, turn)) arrival.settle(overtaken());
    await arrival.done;
  }

  /** Nobody waits for where a chord sends it; that it does not get there is a problem all the same. */
  function expectThere(seat: number, target: number): void {
    if (owners[seat]?.target === target) return;
    arrivalOf(seat, target).done.catch((problem: unknown) => {
      if (!(problem instanceof HandglassError) || problem.code === 'busy') return;
      events.refused(seatName(seat), problem);
    });
  }

  /** Waits until the seat is there, but no more than the patience for its keys to go up. */
  function arrivalOf(seat: number, target: number) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const wait = {
      seat,
      target,
      settle: (error: HandglassError | null) => (error === null ? resolve() : reject(error)),
    };
    waiting.push(wait);
    const patience = new AbortController();
    const runOut = async () => {
      const isOver = await host.sleep(patienceMs, patience.signal).then(
        () => true,
        () => false,
      );
      if (!isOver || !waiting.includes(wait)) return;
      const owner = owners[seat] ?? { target: 0, turn: 0 };
      switchboard.move(seat, owner.target, owner.turn);
      settle((each) => each === wait, keysHeld(seatName(seat)));
    };
    void runOut();
    return {
      done: promise.finally(() => patience.abort()),
      settle: (error: HandglassError) => void settle((each) => each === wait, error),
    };
  }

  function watch(domain: string, pid: number | null): void {
    if (isClosed || pids.get(domain) === (pid ?? undefined)) return;
    if (pid === null) pids.delete(domain);
    else pids.set(domain, pid);
    try {
      switchboard.watchProcess(targets.indexOf(domain), pid ?? 0);
    } catch (error) {
      // It has ended since it was found: libvirt tells of that too.
      if (!isErrno(error, 'ESRCH')) throw error;
      pids.delete(domain);
    }
  }

  const cycleOf = ({ id }: { id: number }) => (chords[id]?.targets ?? []).map(targetName);
  /** A chord may send it to a domain by itself. */
  const isDirect = (number: number) => {
    const seat = config.seats[number];
    return seat !== undefined && isInputAlone(seat);
  };
  const seatName = (seat: number) => config.seats[seat]?.name ?? '';
  const seatNumber = (name: string) => config.seats.findIndex((seat) => seat.name === name);
  const targetName = (target: number) => targets[target] ?? 'host';

  return {
    follow,
    hears: (path) => sources.has(path),
    ownerOf: (name) => targetName(owners[seatNumber(name)]?.target ?? 0),
    turnOf: (name) => owners[seatNumber(name)]?.turn ?? 0,
    give,
    take(name) {
      const number = seatNumber(name);
      switchboard.move(number, 0, 0);
      settle(({ seat }) => seat === number, overtaken());
    },
    watch,
    sentTo(target) {
      const written = outputs?.of(target).map((proxy) => switchboard.written(proxy)) ?? [];
      const events = written.reduce((sum, each) => sum + each, 0);
      return { pid: pids.get(target) ?? null, events };
    },
    tryFor: (ms) => switchboard.tryFor(ms),
    realtime: switchboard.realtime,
    close() {
      isClosed = true;
      settle(() => true, overtaken());
      switchboard.close();
    },
  };
}

/** Nothing else of the seat has to go anywhere first. */
export function isInputAlone({ usb, optical }: Pick<Seat, 'usb' | 'optical'>): boolean {
  return usb.length === 0 && optical.length === 0;
}

/** What a move fails with that a later one has made void. */
export function overtaken(): HandglassError {
  return new HandglassError(
    'busy',
    'Another move of the seat came first.',
    'Ask again if it is still wanted.',
  );
}

function keysHeld(seat: string): HandglassError {
  return new HandglassError(
    'handoff-failed',
    `A key or button of the seat "${seat}" stayed down for ${patienceMs / 1000} s, so it stays where it is.`,
    'Let go of all keys; unplug a device that has one stuck.',
  );
}
