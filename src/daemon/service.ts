/** The service: seats, chords, libvirt and the server, put together over the ports it is given. */
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type {
  Clock,
  Follow,
  OpenFiles,
  OpenSwitchboard,
  ReadFiles,
  Run,
  SetMode,
  WatchFolder,
  WriteFiles,
} from '../host/ports.ts';
import { type ChordAction, listenToSeats } from '../input/listening.ts';
import { isActive, listDomains } from '../libvirt/domains.ts';
import { followEvents } from '../libvirt/events.ts';
import { hostdevsOf } from '../libvirt/hostdevs.ts';
import { virshFor } from '../libvirt/virsh.ts';
import { createSeats, type SeatEffects } from '../seat/seats.ts';
import type { SeatView } from '../seat/view.ts';
import { openGuests } from '../server/guests.ts';
import { serve } from '../server/listen.ts';
import type { Operations } from '../server/operations.ts';
import { mayMove, type Viewer } from '../server/visibility.ts';
import { inputDevices } from '../system/input.ts';
import { usbDevices } from '../system/usb.ts';
import { giveUsb, takeUsb } from '../usb/handoff.ts';
import { watchLookingGlass } from './looking-glass.ts';
import { createProblems } from './problems.ts';
import { watchDevices } from './watch-devices.ts';

export type Host = ReadFiles &
  WriteFiles &
  OpenFiles &
  SetMode &
  WatchFolder &
  Run &
  Follow &
  Clock &
  OpenSwitchboard;

export interface ServiceOptions {
  config: Config;
  version: string;
  /** Holds the local socket; gone with the service. */
  runtimeFolder: string;
  /** Holds what outlives the service: the guests. */
  stateFolder: string;
  /** One line for the journal. */
  log: (line: string) => void;
}

/**
 * Starts the service; resolves once it can be talked to, with the promise of its end. Aborting the
 * signal ends it, and leaves every device where it is.
 */
export async function startService(
  host: Host,
  { config, version, runtimeFolder, stateFolder, log }: ServiceOptions,
  signal: AbortSignal,
): Promise<{ ended: Promise<void> }> {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const problems = createProblems(changed, log);
  const virsh = virshFor(host, config.libvirt.uri);
  const hostdevs = hostdevsOf(host, virsh, runtimeFolder);
  const seatDomains = new Set(config.seats.flatMap(({ domains }) => domains));

  const effects: SeatEffects = {
    async readMachine() {
      await watchNow();
      const input = await inputDevices(host);
      problems.set('input', listening.follow(input));
      return { input, usb: await usbDevices(host) };
    },
    async readDomains() {
      const domains = await listDomains(virsh);
      const active = domains.filter((domain) => isActive(domain) && seatDomains.has(domain.name));
      const attached = active.map(
        async ({ name }) => [name, await hostdevs.attached(name)] as const,
      );
      return { domains, attached: new Map(await Promise.all(attached)) };
    },
    giveUsb: (domain, { usb }) => giveUsb(host, hostdevs, domain, usb),
    takeUsb: (domain, { usb }) => takeUsb(host, hostdevs, domain, usb),
  };
  const seats = createSeats(config, effects, changed);
  const refresh = () => void seats.refresh();
  const watchNow = watchDevices(host, refresh, signal);
  const listening = listenToSeats(host, config, (action) => void act(action), refresh);
  const lookingGlass = watchLookingGlass(host, config.lookingGlass, changed, signal);

  async function act(action: ChordAction): Promise<void> {
    if (action.kind === 'panic') return reported('panic chord', 'all seats', () => seats.panic());
    const { seat } = action;
    await reported('chord', seat, () =>
      action.kind === 'give' ? seats.give(seat, action.to) : seats.toggle(seat),
    );
  }

  /** A move's failure is told to who asked, stays among the problems, and goes to the journal. */
  async function reported(by: string, seat: string, move: () => Promise<void>): Promise<void> {
    try {
      await move();
      problems.set(`move ${seat}`, []);
      const owner = seats.view().seats.find(({ name }) => name === seat)?.owner ?? 'host';
      log(`${seat}: with ${owner} (${by})`);
    } catch (error) {
      problems.set(`move ${seat}`, [asHandglassError(error)]);
    }
  }

  const operations: Operations = {
    state() {
      const { seats: seatViews, domains, problem } = seats.view();
      const named = new Set([...seatDomains, ...config.lookingGlass.map(({ domain }) => domain)]);
      return {
        version,
        seats: seatViews,
        domains: [...named].map((name) => ({
          name,
          state: domains.find((domain) => domain.name === name)?.state ?? 'unknown',
        })),
        lookingGlass: lookingGlass.view(),
        problems: [...(problem === null ? [] : [problem]), ...problems.list()].map(
          ({ code, what, remedy }) => ({ code, message: what, remedy }),
        ),
      };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async give(seat, to, by) {
      await seats.give(seat, to, (view) => requireMay(by, view, to));
      log(`${seat}: with ${to} (${nameOf(by)})`);
    },
    async toggle(seat, by) {
      const own = by.kind === 'guest' ? by.domain : undefined;
      await seats.toggle(seat, own, (view) => requireMay(by, view, 'host'));
      log(`${seat}: toggled (${nameOf(by)})`);
    },
  };

  const guests = await openGuests(host, join(stateFolder, 'guests.json'));
  const server = await serve(
    host,
    {
      socketPath: join(runtimeFolder, 'handglass.sock'),
      listen: config.server.listen,
      operations,
      guests,
      onListening: ({ address, port }) => {
        problems.set(`listen ${address}:${port}`, []);
        log(`guests can connect on ${address} port ${port}`);
      },
      onProblem: ({ address, port }, problem) =>
        problems.set(`listen ${address}:${port}`, [problem]),
      onFailure: (error) => log(`a connection failed: ${reasonOf(error)}`),
    },
    signal,
  );
  const events = followEvents(host, config.libvirt.uri, refresh, signal);
  await seats.refresh();
  return { ended: end() };

  async function end(): Promise<void> {
    await Promise.all([server.closed, events, lookingGlass.ended]);
    listening.close();
  }
}

function requireMay(by: Viewer, seat: SeatView, to: string): void {
  if (mayMove(by, { ...seat, moving: true }, to)) return;
  throw new HandglassError(
    'not-permitted',
    `The seat "${seat.name}" has meanwhile gone elsewhere.`,
    'Ask for it on the host.',
  );
}

function nameOf(by: Viewer): string {
  return by.kind === 'guest' ? `guest ${by.id}` : 'command line';
}

function asHandglassError(error: unknown): HandglassError {
  if (error instanceof HandglassError) return error;
  const reason =
    error instanceof AggregateError ? error.errors.map(reasonOf).join('. ') : reasonOf(error);
  return new HandglassError('handoff-failed', `${reason}.`, '', { cause: error });
}
