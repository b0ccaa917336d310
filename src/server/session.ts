/**
 * One connection's life, whatever carries it: authentication, requests, announcements, the end.
 *
 * Invariants: nothing but an error is sent before the viewer is known; nothing is sent and no
 * request is begun after the end; the answer to `state.subscribe` precedes every announcement.
 */
import { HandglassError } from '../errors.ts';
import { createAnnouncer } from './announcer.ts';
import { authenticate, type AuthenticationContext, type Peer } from './authentication.ts';
import type { Perform } from './calls.ts';
import { deedOf, nameOf, outcomeOf } from './deeds.ts';
import type { Entered } from './entrance.ts';
import type { Hub } from './hub.ts';
import {
  decode,
  encodeError,
  encodeNotification,
  encodeResult,
  errorObject,
  type ErrorObject,
  type Id,
  type Request,
} from './json-rpc.ts';
import type { Journal, Kind } from './journal.ts';
import { closeCodes, inFlightLimit } from './protocol.ts';
import { visibleState, type Viewer } from './visibility.ts';

/** What carries a session's texts. */
export interface Connection {
  /** Queues a text; `taken` is called once the kernel has all of it. */
  send(text: string, taken?: () => void): void;
  /** Bytes queued that the kernel has not taken yet. */
  bufferedBytes(): number;
  close(code: number, reason: string): void;
  /** Ends at once, whatever the peer does. */
  drop(): void;
}

export interface Session {
  receive(text: string): void;
  /** Nothing is received or sent from here on. To be called when the connection is gone, at last. */
  end(): void;
}

/** What all sessions of a service share. */
export interface SessionContext extends AuthenticationContext {
  hub: Hub;
  perform: Perform;
  journal: Journal;
  /** The host's own panel has come in. Returns what to call when it leaves. */
  onPanel: () => () => void;
}

/** By the local door no authentication is needed: the socket's mode has decided already. */
export function openSession(connection: Connection, context: SessionContext, peer: Peer): Session {
  const { clock, hub, perform } = context;
  const { door, address, reached } = peer;
  /** Of a user of this machine what changes who may come in: of moves the service tells by itself. */
  const note = (text: string, kind?: Kind, isHostsDeed = door === 'local') => {
    if (door === 'local' && kind !== 'access' && kind !== 'revocation') return;
    const guest = viewer?.kind === 'guest' ? viewer.id : undefined;
    context.journal(address, text, kind, isHostsDeed ? null : guest);
  };
  const ended = new AbortController();
  let viewer: Viewer | null = door === 'local' ? { kind: 'local' } : null;
  let inFlight = 0;
  let announcing = false;

  const begin =
    viewer === null
      ? authenticate(context, peer, {
          ended: ended.signal,
          note,
          refuse,
          finish,
          welcome,
          receive,
        })
      : null;
  return { receive, end: () => ended.abort() };

  function receive(text: string): void {
    if (ended.signal.aborted) return;
    if (viewer === null) return begin?.(text);
    const message = decode(text);
    if ('error' in message) misunderstood(viewer, message.id, message.error);
    else void answer(viewer, message.request);
  }

  function misunderstood(by: Viewer, id: Id, error: ErrorObject): void {
    note(`${nameOf(by)}: ${error.message}`);
    refuse(id, error);
  }

  function welcome(id: Id | undefined, entered: Entered): void {
    const { viewer: by, token, expires, isNew = false } = entered;
    viewer = by;
    const leave = by.kind === 'guest' ? hub.enter(by.id, address, expel) : context.onPanel();
    ended.signal.addEventListener('abort', leave);
    const who = by.kind === 'guest' ? by : { id: 'panel', domain: 'host' };
    const answer = { id: who.id, domain: who.domain, ...(token === undefined ? {} : { token }) };
    if (token === undefined) note(`${nameOf(by)} has come`, 'entry');
    // A code for a new guest or the host's own browser is made by the host's user alone.
    else note(`${nameOf(by)} has come, by a code`, 'access', isNew || by.kind === 'panel');
    ended.signal.addEventListener('abort', () => note(`${nameOf(by)} has left`, 'entry'));
    if (id !== undefined) send(encodeResult(id, answer));
    if (expires !== undefined) void endAt(expires, by);
  }

  async function endAt(expires: number, by: Viewer): Promise<void> {
    await clock.sleep(expires - clock.now(), ended.signal).catch(() => {});
    if (ended.signal.aborted) return;
    note(`${nameOf(by)} has had its time`);
    finish('unauthenticated', 'The time of this link is over');
  }

  function expel(): void {
    if (viewer !== null) note(`${nameOf(viewer)} is revoked`, 'revocation', true);
    finish('revoked', 'This guest was revoked');
  }

  async function answer(by: Viewer, request: Request): Promise<void> {
    const deed = deedOf(request);
    if (inFlight === inFlightLimit) {
      note(outcomeOf(by, request, tooManyInFlight), deed ?? 'other');
      return refuse(request.id, tooManyInFlight);
    }
    inFlight += 1;
    const number = hub.number();
    const outcome = await perform(by, request, reached);
    inFlight -= 1;
    if ('error' in outcome) {
      note(outcomeOf(by, request, outcome.error), deed ?? 'other');
      return refuse(request.id, outcome.error);
    }
    if (deed !== null) note(outcomeOf(by, request, null), deed);
    if (request.id !== undefined) send(encodeResult(request.id, outcome.result));
    if (request.method === 'state.subscribe') announce(by, number, outcome.result);
  }

  /** From here on, and of what changed since the answer was made. */
  function announce(by: Viewer, before: number, answered: unknown): void {
    if (announcing || ended.signal.aborted) return;
    announcing = true;
    let number = before;
    let told = encodeNotification('state.changed', answered);
    /** What changes may be nothing that this viewer sees. */
    const next = () => {
      for (let state = hub.after(number); state !== undefined; state = hub.after(number)) {
        ({ number } = state);
        const text = encodeNotification('state.changed', visibleState(by, state));
        if (text === told) continue;
        told = text;
        return text;
      }
      return undefined;
    };
    const announcer = createAnnouncer(next, send);
    ended.signal.addEventListener('abort', hub.subscribe(announcer));
    announcer();
  }

  function refuse(id: Id | undefined, error: ErrorObject): void {
    if (id !== undefined) send(encodeError(id, error));
  }

  function send(text: string, taken?: () => void): void {
    if (ended.signal.aborted) return;
    if (connection.bufferedBytes() <= bufferLimitBytes) return connection.send(text, taken);
    note('does not read its answers, and is dropped');
    ended.abort();
    connection.drop();
  }

  function finish(why: keyof typeof closeCodes, reason: string): void {
    if (ended.signal.aborted) return;
    ended.abort();
    connection.close(closeCodes[why], reason);
  }
}

/** Past this a peer does not read its answers. */
const bufferLimitBytes = 256 * 1024;

const tooManyInFlight = errorObject(
  new HandglassError(
    'busy',
    `This connection has ${inFlightLimit} requests waiting.`,
    'Send the next one after an answer.',
  ),
);
