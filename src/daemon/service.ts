/** The service: seats, chords, libvirt and the server, put together over the ports it is given. */
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { reasonOf } from '../errors.ts';
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
import { listenToSeats } from '../input/listening.ts';
import { followEvents } from '../libvirt/events.ts';
import { createSeats, type Seats } from '../seat/seats.ts';
import { openGuests } from '../server/guests.ts';
import { serve } from '../server/listen.ts';
import type { Operations } from '../server/operations.ts';
import { actOn } from './chords.ts';
import { effectsOn } from './effects.ts';
import { watchLookingGlass } from './looking-glass.ts';
import { operationsOn } from './operations.ts';
import { createProblems, type Problems } from './problems.ts';
import { watchDevices } from './watch-devices.ts';

type Host = ReadFiles &
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
  /** Holds the local socket, and files for virsh for a moment. */
  runtimeFolder: string;
  /** Holds what outlives the service: the guests. */
  stateFolder: string;
  /** Takes one line for the journal. */
  log: (line: string) => void;
}

/**
 * Starts the service; resolves once it can be talked to and knows who has what, with the promise of
 * its end. Aborting the signal ends it, and leaves every device where it is.
 */
export async function startService(
  host: Host,
  options: ServiceOptions,
  signal: AbortSignal,
): Promise<{ ended: Promise<void> }> {
  const { config, version, log } = options;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  const problems = createProblems(changed, log);
  const refresh = () => void seats.refresh();

  const listening = listenToSeats(host, config, (action) => void act(action), refresh);
  const effects = effectsOn(host, config, options.runtimeFolder, {
    watch: watchDevices(host, refresh, signal),
    follow: (input) => problems.set('input', listening.follow(input)),
  });
  const seats: Seats = createSeats(config, effects, () => {
    const { problem } = seats.view();
    problems.set('reading', problem === null ? [] : [problem]);
    changed();
  });
  const lookingGlass = watchLookingGlass(host, config.lookingGlass, changed);
  const parts = { config, version, seats, problems, lookingGlass: lookingGlass.view, log };
  const operations = operationsOn({ ...parts, subscribe });

  const act = actOn(seats, problems, log);

  // A second service fails here, before it has read anything or heard a chord.
  const server = await openServer(host, options, operations, problems, signal).catch(
    (error: unknown) => {
      listening.close();
      throw error;
    },
  );
  const running = [
    server.closed,
    followEvents(host, config.libvirt.uri, refresh, signal),
    lookingGlass.run(signal),
  ];
  await seats.refresh();
  return { ended: Promise.all(running).then(() => listening.close()) };
}

async function openServer(
  host: Host,
  { config, runtimeFolder, stateFolder, log }: ServiceOptions,
  operations: Operations,
  problems: Problems,
  signal: AbortSignal,
): Promise<{ closed: Promise<void> }> {
  const guests = await openGuests(host, join(stateFolder, 'guests.json'));
  return serve(
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
}
