import { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import { socketName } from '../server/addresses.ts';
import { connect, type Client } from '../server/client.ts';
import type { Pairing, Place } from './pairing-string.ts';
import { pinnedSocket } from './pinned-socket.ts';
import type { GuestPairing } from './state-file.ts';

/** Connects to the host that this guest is paired with. Failures are those of `connect`. */
export function connectToHost(clock: Clock, pairing: GuestPairing): Promise<Client> {
  return open(clock, pairing, { token: pairing.token });
}

/**
 * Uses the code up; `id` is this guest's in the host's list.
 *
 * @throws HandglassError `unauthenticated` where the code is no good, else as `connect` does
 */
export async function pairWithHost(
  clock: Clock,
  pairing: Pairing,
): Promise<{ id: string; paired: GuestPairing }> {
  const { code, ...place } = pairing;
  const client = await open(clock, place);
  try {
    const { id, domain, token } = await client.call('session.authenticate', { code });
    if (token === undefined) throw noToken();
    return { id, paired: { ...place, token, domain } };
  } finally {
    await client.close();
  }
}

const answerWithinMs = 5_000;
/** A host that hangs, or is gone from the network, says no goodbye: it is missed after twice this. */
const askEveryMs = 15_000;

function open(clock: Clock, place: Place, credentials: { token?: string } = {}): Promise<Client> {
  const name = socketName(place.address, place.port);
  const options = { ...credentials, keepAlive: { clock, everyMs: askEveryMs } };
  if (place.pin === null) return connect(`ws://${name}/`, options);
  const transport = () => pinnedSocket(place, answerWithinMs);
  return connect(`wss://${name}/`, { ...options, transport });
}

function noToken(): HandglassError {
  return new HandglassError(
    'protocol',
    'The host let this guest in and gave it no token for later.',
    'Pair again with what `handglass guest pair DOMAIN` prints on the host.',
  );
}
