/**
 * A TLS connection to a host that is known by its public key alone. Until that key has been compared
 * nothing is sent but the handshake, so that whoever answers in the host's place learns no code, no
 * token, and not what is asked for. Names, dates and issuers in the certificate mean nothing.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { HandglassError } from '../errors.ts';
import { socketName } from '../server/addresses.ts';
import { spkiPin } from '../server/pin.ts';
import type { Place } from './pairing-string.ts';

/**
 * The connection ends when nothing goes either way for that time, unless its taker sets another.
 *
 * @throws HandglassError `not-permitted` where another key answers; Node's own error where nobody
 *   does, or no TLS is spoken
 */
export async function pinnedSocket(place: Place, timeoutMs: number): Promise<TLSSocket> {
  const { address: host, port } = place;
  const socket = connect({ host, port, minVersion: 'TLSv1.2', rejectUnauthorized: false });
  socket.on('timeout', () => socket.destroy(new Error('nothing came in time')));
  socket.setTimeout(timeoutMs);
  try {
    await once(socket, 'secureConnect');
    const key = socket.getPeerX509Certificate()?.publicKey;
    if (key === undefined || spkiPin(key) !== place.pin) throw anotherKey(place);
  } catch (error) {
    socket.destroy();
    throw asSentence(error);
  }
  return socket;
}

/** OpenSSL's own text is of use to its developers alone. */
function asSentence(error: unknown): unknown {
  if (!(error instanceof Error && 'library' in error && 'reason' in error)) return error;
  return new Error(`it does not speak TLS as it should (${String(error.reason)})`, {
    cause: error,
  });
}

function anotherKey({ address, port }: Place): HandglassError {
  return new HandglassError(
    'not-permitted',
    `What answers at ${socketName(address, port)} has not the host's key: another machine answers ` +
      "in the host's place, or the service's key was made anew since. Nothing was sent to it.",
    'Do not go on unless you know why. If the key was made anew, pair again: run `handglass guest pair DOMAIN` on the host.',
  );
}
