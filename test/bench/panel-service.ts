import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultLimits } from '../../src/config/server.ts';
import { connect } from '../../src/server/client.ts';
import { openGuests } from '../../src/server/guests.ts';
import { serve } from '../../src/server/listen.ts';
import { host, memoryOperations } from '../server/support.ts';

export interface PanelService {
  /** Gives the first seat to this owner, as a chord would. */
  change: (owner: string) => void;
  /** A link that lets a browser in once. */
  link(): Promise<string>;
  stop(): Promise<void>;
}

/** A service with the panel on a free port of this machine, and seats in memory alone. */
export async function startPanelService(): Promise<PanelService> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-bench-'));
  const socketPath = join(folder, 'handglass.sock');
  const { operations, control } = memoryOperations();
  const listening = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const { closed } = await serve(
    host,
    {
      socketPath,
      listen: [],
      panel: [{ address: '127.0.0.1', port: 0 }],
      certificatePath: join(folder, 'tls.pem'),
      limits: defaultLimits,
      operations,
      guests: await openGuests(host, join(folder, 'guests.json')),
      onListening: () => listening.resolve(),
      onProblem: (_place, problem) => {
        if (problem !== null) listening.reject(problem);
      },
      onFailure: listening.reject,
      log: () => {},
    },
    stopping.signal,
  );
  await listening.promise;
  const local = await connect(`ws+unix:${socketPath}:/`);
  return {
    change(owner) {
      for (const seat of control.current.seats.slice(0, 1)) seat.owner = owner;
      control.tell();
    },
    link: async () => (await local.call('panel.open', {})).url,
    async stop() {
      await local.close();
      stopping.abort();
      await closed;
      await rm(folder, { recursive: true });
    },
  };
}
