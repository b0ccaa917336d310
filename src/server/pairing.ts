/** What is given to a guest so that it finds the service, knows it, and may come in. */
import { isLoopback } from '../config/endpoint.ts';
import { isLinkLocal, plainAddress, socketName } from './addresses.ts';

/**
 * One line, such as `handglass://192.168.122.1:18503/?pin=PIN&code=CODE`.
 *
 * @param pin of the service's certificate; null where the address speaks no TLS
 */
export function pairingString(
  address: string,
  port: number,
  pin: string | null,
  code: string,
): string {
  const query = pin === null ? `code=${code}` : `pin=${pin}&code=${code}`;
  return `handglass://${socketName(plainAddress(address), port)}/?${query}`;
}

/** Addresses in the order in which a guest should try them. The machine's own are no good to most. */
export function bestFirst<Place extends { address: string }>(places: readonly Place[]): Place[] {
  return places.toSorted((one, other) => distance(one.address) - distance(other.address));
}

function distance(address: string): number {
  if (isLoopback(address)) return 3;
  if (isLinkLocal(address)) return 2;
  return address.includes(':') ? 1 : 0;
}
