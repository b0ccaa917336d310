import type { TLSSocket } from 'node:tls';
import { HandglassError } from '../errors.ts';
import { socketName } from '../server/addresses.ts';
import { connect, type Client } from '../server/client.ts';
import type { Pairing, Place } from './pairing-string.ts';
import { pinnedSocket } from './pinned-socket.ts';
import type { GuestPairing } from './state-file.ts';

/** Connects to the host that this guest is paired with. Failures are those of `connect`. */
export function connectToHost(pairing: GuestPairing): Promise<Client> {
  return open(pairing, pairing.token);
}

/**
 * Uses the code up; `id` is this guest's in the host's list.
 *
 * @throws HandglassError `unauthenticated` where the code is no good, else as `connect` does
 */
export async function pairWithHost(
  pairing: Pairing,
): Promise<{ id: string; paired: GuestPairing }> {
  const { code, ...place } = pairing;
  const client = await open(place);
  try {
    const { id, domain, token } = await client.call('session.authenticate', { code });
    if (token === undefined) throw noToken();
    return { id, paired: { ...place, token, domain } };
  } finally {
    await client.close();
  }
}

const answerWithinMs = 5_000;
/** The service pings every 30 s: a host that is off, or gone from the network, says no goodbye. */
const silentForMs = 75_000;

async function open(place: Place, token?: string): Promise<Client> {
  const options = token === undefined ? {} : { token };
  const name = socketName(place.address, place.port);
  if (place.pin === null) return connect(`ws://${name}/`, options);
  let socket: TLSSocket | undefined;
  const transport = async () => (socket = await pinnedSocket(place, answerWithinMs));
  const client = await connect(`wss://${name}/`, { ...options, transport });
  socket?.setTimeout(silentForMs);
  return client;
}

function noToken(): HandglassError {
  return new HandglassError(
    'protocol',
    'The host let this guest in and gave it no token for later.',
    'Pair again with what `handglass guest pair DOMAIN` prints on the host.',
  );
}
