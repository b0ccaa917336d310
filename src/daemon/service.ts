/** The service: seats, chords, domains and the server, put together over the ports it is given. */
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type {
  Clock,
  Connect,
  Converse,
  Follow,
  Notify,
  OpenFiles,
  ReadFiles,
  ReadInterfaces,
  Run,
  SetMode,
  WatchFolder,
  WriteAttribute,
  WriteFiles,
} from '../host/ports.ts';
import type { OpenSwitchboard } from '../host/switchboard-port.ts';
import { openAbsoluteDevices } from '../input/absolute-devices.ts';
import { switchInput } from '../input/switching.ts';
import { createSeats, type Seats } from '../seat/seats.ts';
import { openGuests, unreadableGuests } from '../server/guests.ts';
import { serve, type ServeOptions } from '../server/listen.ts';
import type { InputDevice } from '../system/input.ts';
import { configuredDomains } from './domains.ts';
import { effectsOn } from './effects.ts';
import { groupsPictureOf } from './groups-picture.ts';
import { createHostSleep } from './host-sleep.ts';
import { whatLasts } from './lasting.ts';
import { createLockout } from './lockout.ts';
import { watchLookingGlass } from './looking-glass.ts';
import { watchMachine } from './machine.ts';
import { completeMoves } from './moves.ts';
import { runOnGive } from './on-give.ts';
import { operationsOn } from './operations.ts';
import { checkSharedMemory } from './shared-memory.ts';
import { createProblems, type Problems, refusalOf } from './problems.ts';
import { watchStalls } from './stall.ts';
import { readAgainWhile } from './read-again.ts';
import { confirmTrial, startTrial, type Trial } from './trial.ts';
import { watchDevices } from './watch-devices.ts';
import { watchMounts } from './watch-mounts.ts';

type Host = ReadFiles &
  ReadInterfaces &
  WriteFiles &
  WriteAttribute &
  OpenFiles &
  SetMode &
  WatchFolder &
  Run &
  Follow &
  Converse &
  Connect &
  Clock &
  Notify &
  OpenSwitchboard;

export interface ServiceOptions {
  config: Config;
  version: string;
  /** The command that starts this program. */
  handglass: readonly string[];
  /** Holds the local socket, and files for virsh for a moment. */
  runtimeFolder: string;
  /** Holds what outlives the service: the guests, and devices with absolute axes. */
  stateFolder: string;
  /** How long the service stays unless it is confirmed; for ever where there is none. */
  trialMs?: number | undefined;
  /** Takes one line for the journal. */
  log: (line: string) => void;
}

/**
 * Starts the service; resolves once it can be talked to and knows who has what, or libvirt has not said so
 * within 2 s, with the promise of its end. Aborting the signal ends it, and leaves every device where it is.
 */
export async function startService(
  host: Host,
  options: ServiceOptions,
  stop: AbortSignal,
): Promise<{ ended: Promise<void> }> {
  const { config, version, log } = options;
  const trialOver = new AbortController();
  const signal = AbortSignal.any([stop, trialOver.signal]);
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const seatNames = config.seats.map(({ name }) => name);
  const problems = createProblems(changed, log);
  const notice = () => seats.notice();

  const guestsFile = join(options.stateFolder, 'guests.json');
  const guests = await openGuests(host, guestsFile).catch((error: unknown) => {
    if (!(error instanceof HandglassError)) throw error;
    // Chords and everything else at the host work without guests.
    problems.set('guests', [error]);
    return unreadableGuests(error);
  });
  const absolute = await openAbsoluteDevices(
    host,
    join(options.stateFolder, 'absolute-devices.json'),
    (errors) => problems.set('absolute devices', errors),
  );
  const input = switchInput(host, config, absolute, {
    chord: (seat, to, cycle) => moves.chord(seat, to, cycle),
    panic() {
      lockout.begin();
      moves.panic();
    },
    moved(seat, owner, why) {
      problems.set(refusalOf(seat), []);
      moves.moved(seat, owner, why);
    },
    refused: (seat, problem) => problems.set(refusalOf(seat), [problem]),
    gone: notice,
  });
  if (!input.realtime) log("no real-time priority: under load the guests' input may be late");
  const unreadable = whatLasts(host, (lasting) => problems.set('input', lasting), signal);
  const devices = {
    watch: watchDevices(
      host,
      notice,
      signal,
      config.seats.flatMap(({ optical }) => optical),
    ),
    follow: (present: readonly InputDevice[]) => unreadable(input.follow(present)),
  };
  let panels = 0;
  const askers = {
    hasGuest: (domain: string) =>
      config.server.listen.length > 0 && guests.list().some((guest) => guest.domain === domain),
    hasPanel: () => panels > 0,
  };
  const domains = configuredDomains(host, config, options.runtimeFolder, signal);
  let unread: readonly HandglassError[] = [];
  const effects = effectsOn(host, config, domains, devices, input, askers, (failures) => {
    unread = failures;
    problems.set('domains', failures);
    if (failures.length > 0) readAgain();
  });
  const readAgain = readAgainWhile(
    host,
    () => unread.length > 0 || seats.isBlind(),
    () => seats.refresh(),
    signal,
  );
  const onGive = runOnGive(host, config, problems);
  const seats: Seats = createSeats(
    config,
    effects,
    () => {
      const view = seats.view();
      problems.set('reading', view.problem === null ? [] : [view.problem]);
      problems.set('repairs', view.unrepaired);
      moves.seen(view);
      readAgain();
      onGive(view);
      changed();
    },
    {
      wished: (wish) => void moves.wished(wish),
      repaired: (seat, story) => log(`${seat}: ${story}`),
    },
  );
  const moves = completeMoves(host, seats, problems, log, signal);
  const lockout = createLockout(host);
  let trial: Trial | null = null;
  const checkFiles = checkSharedMemory(host, config.lookingGlass, (errors) =>
    problems.set('shared memory', errors),
  );
  let isStarted = false;
  const lookingGlass = watchLookingGlass(host, config.lookingGlass, () => {
    changed();
    if (isStarted) checkFiles();
  });
  const operations = operationsOn({
    clock: host,
    config,
    version,
    seats,
    problems,
    lookingGlass: lookingGlass.view,
    lockout,
    knows: (guest) => guests.knows(guest),
    hostSleep: createHostSleep(host, config.seats, seats, moves, signal),
    groupsPicture: groupsPictureOf(host),
    confirm: () => confirmTrial(trial),
    subscribe,
    log,
  });

  // A second service fails here, before it has read anything or heard a chord.
  const called = {
    operations,
    guests,
    onPanel() {
      panels += 1;
      return () => void (panels -= 1);
    },
    addressesOf: config.server.checkAddress
      ? (domain: string) => domains.addressesOf(domain)
      : undefined,
  };
  const server = await openServer(host, options, called, problems, signal).catch(
    (error: unknown) => {
      input.close();
      throw error;
    },
  );
  if (options.trialMs !== undefined) {
    trial = startTrial(host, input, options.trialMs, log, () => trialOver.abort(), stop);
  }
  const running = [
    server.closed,
    domains.follow(notice, signal),
    lookingGlass.run(signal),
    watchMounts(host, notice, signal),
    watchStalls(host, input, seatNames, (seat) => moves.stalled(seat), signal),
  ];
  // Libvirt may wait for this service to have started, and is not waited for in turn.
  await Promise.race([seats.refresh(), host.sleep(longestLookMs, signal).catch(() => {})]);
  // What is only told comes after what has to work.
  isStarted = true;
  checkFiles();
  void watchMachine(
    host,
    {
      handglass: options.handglass,
      isDisturbing: () => seats.view().seats.some(({ owner }) => owner !== 'host'),
      tell: (errors) => problems.set('machine', errors),
    },
    signal,
  );
  return { ended: endOf(running).finally(() => input.close()) };
}

/** This machine alone is looked at within that. */
const longestLookMs = 2_000;

async function endOf(running: readonly Promise<void>[]): Promise<void> {
  await Promise.all(running);
}

async function openServer(
  host: Host,
  { config, runtimeFolder, stateFolder, log }: ServiceOptions,
  parts: Pick<ServeOptions, 'operations' | 'guests' | 'onPanel' | 'addressesOf'>,
  problems: Problems,
  signal: AbortSignal,
): Promise<{ closed: Promise<void> }> {
  return serve(
    host,
    {
      ...parts,
      socketPath: join(runtimeFolder, 'handglass.sock'),
      listen: config.server.listen,
      panel: config.panel.listen,
      certificatePath: join(stateFolder, 'tls.pem'),
      limits: config.server.limits,
      onListening: (door, { address, port }) =>
        log(
          `${door === 'panel' ? 'the panel is' : 'guests can connect'} on ${address} port ${port}`,
        ),
      onProblem: (place, problem) =>
        problems.set(`listen ${place}`, problem === null ? [] : [problem]),
      onFailure: (error) => log(`a connection failed: ${reasonOf(error)}`),
      log,
    },
    signal,
  );
}
