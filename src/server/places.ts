/** Where the server listens at this moment, and what to tell guests of it. */
import { HandglassError } from '../errors.ts';
import { bestFirst, pairingString } from './pairing.ts';

export interface Place {
  address: string;
  port: number;
  /** What a client has to find in the certificate; null where the address speaks no TLS. */
  pin: string | null;
}

export interface Places {
  /** Somebody can connect there now, until the returned function is called. */
  add(place: Place): () => void;
  /**
   * The strings that carry a code to a guest, best first.
   *
   * @throws HandglassError `listen-failed` where no guest can connect
   */
  pairingStrings(code: string): string[];
}

export function createPlaces(): Places {
  const places = new Set<Place>();
  return {
    add(place) {
      places.add(place);
      return () => void places.delete(place);
    },

    pairingStrings(code) {
      if (places.size === 0) throw nowhere();
      return bestFirst([...places]).map(({ address, port, pin }) =>
        pairingString(address, port, pin, code),
      );
    },
  };
}

function nowhere(): HandglassError {
  return new HandglassError(
    'listen-failed',
    'Guests cannot connect: the service listens on no address now.',
    '`listen` of [server] in the configuration names them; an interface has one only while it is up.',
  );
}
