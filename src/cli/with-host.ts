import type { GuestPairing } from '../guest/state-file.ts';
import type { Client } from '../server/client.ts';
import type { Context } from './context.ts';

/** In a guest: connects to the host that it is paired with, for as long as `use` takes. */
export async function withHost<Result>(
  { host, guestPairingPath }: Pick<Context, 'host' | 'guestPairingPath'>,
  use: (client: Client, pairing: GuestPairing) => Promise<Result>,
): Promise<Result> {
  const { connectToHost } = await import('../guest/connection.ts');
  const { readGuestPairing } = await import('../guest/state-file.ts');
  const pairing = await readGuestPairing(host, guestPairingPath());
  const client = await connectToHost(host, pairing);
  try {
    return await use(client, pairing);
  } finally {
    await client.close();
  }
}
