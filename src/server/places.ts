/** Where the server listens at this moment, and what to tell guests and browsers of it. */
import { HandglassError } from '../errors.ts';
import { isLoopback } from '../config/endpoint.ts';
import type { ReadInterfaces } from '../host/ports.ts';
import { isLinkLocal, plainAddress, socketName } from './addresses.ts';
import type { Door } from './entrance.ts';
import { bestFirst, pairingString } from './pairing.ts';

export interface Place {
  door: Door;
  address: string;
  port: number;
  /** What a client has to find in the certificate; null where the address speaks no TLS. */
  pin: string | null;
}

/** Each throws a HandglassError `listen-failed` where nobody could connect. */
export interface Places {
  /** Somebody can connect there now, until the returned function is called. */
  add(place: Place): () => void;
  /** To be asked before a code is made, which nobody could use otherwise. */
  requireReached(door: Door): void;
  /** The strings that carry a code to a guest, best first. */
  pairingStrings(code: string): string[];
  /** What a browser opens to use the code, in a guest or on this machine: best first. */
  links(code: string, door: Door): string[];
}

export function createPlaces(host: Pick<ReadInterfaces, 'addresses'>): Places {
  const places = new Set<Place>();

  function reached(door: Door): Place[] {
    const there = [...places].filter((place) => place.door === door).flatMap(concrete);
    if (there.length === 0) throw door === 'panel' ? noPanel() : nowhere();
    const wide = there.filter(({ address }) => !isNarrow(address));
    return bestFirst(wide.length > 0 ? wide : there);
  }

  /** Where every address of the machine is listened on, those by which others reach it. */
  function concrete(place: Place): Place[] {
    if (place.address !== '0.0.0.0' && place.address !== '::') return [place];
    return host
      .addresses()
      .filter((address) => !isLinkLocal(address))
      .filter((address) => place.address === '::' || !address.includes(':'))
      .map((address) => ({ ...place, address }));
  }

  return {
    add(place) {
      places.add(place);
      return () => void places.delete(place);
    },

    requireReached: (door) => void reached(door),

    pairingStrings: (code) =>
      reached('network').map(({ address, port, pin }) => pairingString(address, port, pin, code)),

    links: (code, door) =>
      reached(door).map(({ address, port, pin }) =>
        panelLink(origin(address, port, pin !== null), code),
      ),
  };
}

/** What a browser calls the place: `https://192.168.122.1:18503`. */
export function origin(address: string, port: number, secure: boolean): string {
  return `${secure ? 'https' : 'http'}://${socketName(plainAddress(address), port)}`;
}

export function panelLink(reached: string, code: string): string {
  return `${reached}/#${code}`;
}

/** Whether it is no good to a guest that is elsewhere: on another machine, or on another link. */
function isNarrow(address: string): boolean {
  return isLoopback(address) || isLinkLocal(address);
}

function nowhere(): HandglassError {
  return new HandglassError(
    'listen-failed',
    'Guests cannot connect: the service listens on no address now.',
    '`listen` of [server] in the configuration names them; an interface has some only while it is up.',
  );
}

function noPanel(): HandglassError {
  return new HandglassError(
    'listen-failed',
    'There is no panel on this machine: the service listens on no address for it.',
    '`listen` of [panel] in the configuration names one; `handglass status` says why it may not do.',
  );
}
