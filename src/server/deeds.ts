/** What the journal says of calls: who asked for what, and what came of it, but no secret. */
import { z } from 'zod';
import type { ErrorObject, Request } from './json-rpc.ts';
import type { Kind } from './journal.ts';
import { methods } from './protocol.ts';
import type { Viewer } from './visibility.ts';

export function nameOf(viewer: Viewer): string {
  if (viewer.kind === 'guest') return `guest ${viewer.id} (${viewer.domain})`;
  return viewer.kind === 'panel' ? 'panel' : 'command line';
}

/** @param error what it was refused or failed with; null where it was done */
export function outcomeOf(by: Viewer, request: Request, error: ErrorObject | null): string {
  const outcome = error === null ? 'done' : `refused: ${error.message}`;
  return `${nameOf(by)}: ${callOf(request)}: ${outcome}`;
}

/** What kind of line the call has; null where nothing is changed by it: to look is no deed. */
export function deedOf({ method }: Request): Kind | null {
  if (method === 'seat.give' || method === 'seat.toggle') return 'move';
  if (method === 'guest.pair' || method === 'panel.open') return 'access';
  return method === 'guest.revoke' ? 'revocation' : null;
}

/** Of the parameters only the names that deeds take: others may be secrets, whatever the method. */
function callOf(request: Request): string {
  if (!Object.hasOwn(methods, request.method)) return 'an unknown method';
  if (deedOf(request) === null) return request.method;
  return [request.method, ...Object.values(names.safeParse(request.params).data ?? {})].join(' ');
}

const name = z.string();
const names = z.strictObject({ seat: name, to: name, domain: name, id: name }).partial();
