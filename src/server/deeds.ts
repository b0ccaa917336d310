/** What the journal says of calls: who asked for what, and what came of it, but no secret. */
import type { ErrorObject, Request } from './json-rpc.ts';
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

/** Whether something is changed by it; to look is no deed. */
export function isMove({ method }: Request): boolean {
  return method === 'seat.give' || method === 'seat.toggle';
}

/** Of the parameters only names of seats and domains: others may be secrets, whatever the method. */
function callOf(request: Request): string {
  if (!Object.hasOwn(methods, request.method)) return 'an unknown method';
  if (!isMove(request)) return request.method;
  const params = methods['seat.give'].params.partial().safeParse(request.params).data ?? {};
  return [request.method, params.seat, params.to].filter((word) => word !== undefined).join(' ');
}
