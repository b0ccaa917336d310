/**
 * Which requests are refused before anything is known of who sends them. A browser that shows somebody
 * else's page must not be able to call the service for it: neither under a name that was made to mean
 * this address (the Host tells), nor across sites (the Origin tells).
 */
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../config/endpoint.ts';
import { plainAddress, socketName } from './addresses.ts';
import type { Door } from './entrance.ts';

export interface Refusal {
  /** The status line's end. */
  status: string;
  /** For the journal. */
  why: string;
}

/** Null for a request that may be answered with a page. */
export function pageRefusal(request: IncomingMessage, door: Door, secure: boolean): Refusal | null {
  if (door === 'local' || isOwnHost(request, secure)) return null;
  return { status: '403 Forbidden', why: 'the Host is none of the addresses listened on' };
}

/** Null for a request that may become a websocket. */
export function upgradeRefusal(
  request: IncomingMessage,
  door: Door,
  secure: boolean,
): Refusal | null {
  if (request.url !== '/') return { status: '404 Not Found', why: 'there is nothing at that path' };
  const refusal = pageRefusal(request, door, secure);
  if (refusal !== null) return refusal;
  const { origin, host } = request.headers;
  const own = door === 'local' ? null : `${secure ? 'https' : 'http'}://${host}`;
  if (origin === undefined || origin === own) return null;
  return { status: '403 Forbidden', why: 'the Origin is a page of another site' };
}

/**
 * The address that was reached is the socket's to tell, not the request's. Browsers leave out the port
 * that is their scheme's own.
 */
function isOwnHost({ socket, headers }: IncomingMessage, secure: boolean): boolean {
  const { localAddress = '', localPort = 0 } = socket;
  const address = plainAddress(localAddress);
  const host = headers.host?.toLowerCase();
  const names = [socketName(address, localPort)];
  if (isLoopback(address)) names.push(`localhost:${localPort}`);
  const usual = secure ? ':443' : ':80';
  return names.some((name) => host === name || `${host}${usual}` === name);
}
