import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits } from '../../src/config/server.ts';
import { connect, type Client } from '../../src/server/client.ts';
import { openGuests } from '../../src/server/guests.ts';
import { serve } from '../../src/server/listen.ts';
import { everywhere, host, interfacesOf, memoryOperations } from '../server/support.ts';

export interface BenchService {
  /** Where guests call it by TLS. */
  address: string;
  /** A guest's of the domain win10. */
  token: string;
  /** Gives the first seat to this owner, as a chord would. */
  change: (owner: string) => void;
  /** As the host's own command line. */
  local: Client;
  /** Lets so much time pass at once. */
  skip: (ms: number) => void;
  stop(): Promise<void>;
}

/** A service for guests and with the panel, on free ports of this machine, and seats in memory alone. */
export async function startBenchService(): Promise<BenchService> {
  let skipped = 0;
  const folder = await mkdtemp(join(tmpdir(), 'handglass-bench-'));
  const socketPath = join(folder, 'handglass.sock');
  const { operations, control } = memoryOperations();
  const guests = await openGuests(host, join(folder, 'guests.json'));
  const { token } = await guests.pair('win10');
  const listening = Promise.withResolvers<number>();
  const panelListening = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const { closed } = await serve(
    {
      ...host,
      now: () => host.now() + skipped,
      ...interfacesOf({ lo: ['127.0.0.1', '127.0.0.2'] }),
    },
    {
      socketPath,
      listen: [everywhere],
      panel: [{ address: '127.0.0.1', port: 0 }],
      certificatePath: join(folder, 'tls.pem'),
      // Nobody connects as often as a benchmark.
      limits: { ...defaultLimits, connectsPerSecond: 1_000 },
      operations,
      guests,
      onPanel: () => () => {},
      onListening: (door, { port }) =>
        door === 'panel' ? panelListening.resolve() : listening.resolve(port),
      onProblem: (_place, problem) => {
        if (problem !== null) listening.reject(problem);
      },
      onFailure: listening.reject,
      log: () => {},
    },
    stopping.signal,
  );
  const port = await listening.promise;
  await panelListening.promise;
  const local = await connect(`ws+unix:${socketPath}:/`);
  return {
    address: `wss://127.0.0.1:${port}/`,
    token,
    change(owner) {
      for (const seat of control.current.seats.slice(0, 1)) seat.owner = owner;
      control.tell();
    },
    local,
    skip(ms) {
      skipped += ms;
    },
    async stop() {
      await local.close();
      stopping.abort();
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}
