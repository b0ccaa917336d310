/**
 * One connection's life, whatever carries it: authentication, requests, announcements, the end.
 *
 * Invariants: nothing but an error is sent before the viewer is known; nothing is sent and no
 * request is begun after the end; the answer to `state.subscribe` precedes every announcement.
 */
import { HandglassError, reasonOf } from '../errors.ts';
import type { ServerLimits } from '../config/server.ts';
import type { Clock } from '../host/ports.ts';
import { createAnnouncer } from './announcer.ts';
import type { Perform } from './calls.ts';
import { authenticationComesFirst, credentialsIn, unknownCredentials } from './credentials.ts';
import { deedOf, nameOf, outcomeOf } from './deeds.ts';
import type { Claim, Door, Entered, Entrance } from './entrance.ts';
import type { Hub } from './hub.ts';
import {
  decode,
  encodeError,
  encodeNotification,
  encodeResult,
  errorObject,
  type Decoded,
  type ErrorObject,
  type Id,
  type Request,
} from './json-rpc.ts';
import type { Journal, Kind } from './journal.ts';
import { requireOwnAddress } from './own-address.ts';
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
export interface SessionContext {
  clock: Clock;
  hub: Hub;
  entrance: Pick<Entrance, 'claim'>;
  perform: Perform;
  journal: Journal;
  /** Takes a failure that nobody foresaw. */
  report: (error: unknown) => void;
  /** The host's own panel has come in. Returns what to call when it leaves. */
  onPanel: () => () => void;
  /** Where it is given, a domain's guests may come from these addresses alone. */
  addressesOf?: ((domain: string) => Promise<string[]>) | undefined;
}

/** Who is at the other end, as far as the connection tells. */
export interface Peer {
  door: Door;
  address: string;
  /** Where it has reached the service: `https://192.168.122.1:18503`. */
  reached: string;
  limits: Pick<ServerLimits, 'authenticateMs'>;
  /** Is called once it is known who that is; false where that guest has too many connections. */
  known: (guest?: string) => boolean;
}

/** By the local door no authentication is needed: the socket's mode has decided already. */
export function openSession(
  connection: Connection,
  context: SessionContext,
  { door, address, reached, limits, known }: Peer,
): Session {
  const { clock, hub, entrance, perform, report, addressesOf } = context;
  /** Of a user of this machine what changes who may come in: of moves the service tells by itself. */
  const note = (text: string, kind?: Kind, isHostsDeed = door === 'local') => {
    if (door === 'local' && kind !== 'access' && kind !== 'revocation') return;
    const guest = viewer?.kind === 'guest' ? viewer.id : undefined;
    context.journal(address, text, kind, isHostsDeed ? null : guest);
  };
  const ended = new AbortController();
  let viewer: Viewer | null = door === 'local' ? { kind: 'local' } : null;
  /** What came while it was being found out who it is. */
  let early: string[] | null = null;
  let inFlight = 0;
  let announcing = false;

  if (viewer === null) void endUnlessAuthenticated();
  return { receive, end: () => ended.abort() };

  async function endUnlessAuthenticated(): Promise<void> {
    await clock.sleep(limits.authenticateMs, ended.signal).catch(() => {});
    if (viewer !== null || ended.signal.aborted) return;
    if (early !== null) {
      note('not let in: where its domain is could not be told in time');
      return finish('notNow', 'Try again later');
    }
    note('not let in: no session.authenticate came in time');
    finish('unauthenticated', 'No session.authenticate came in time');
  }

  function receive(text: string): void {
    if (ended.signal.aborted) return;
    if (early !== null) return keep(early, text);
    const message = decode(text);
    if (viewer === null) begin(message);
    else if ('error' in message) misunderstood(viewer, message.id, message.error);
    else void answer(viewer, message.request);
  }

  function misunderstood(by: Viewer, id: Id, error: ErrorObject): void {
    note(`${nameOf(by)}: ${error.message}`);
    refuse(id, error);
  }

  function keep(early: string[], text: string): void {
    if (early.length < inFlightLimit) return void early.push(text);
    note('not let in: too much came before it was known who it is');
    finish('unauthenticated', 'Too much came before the authentication');
  }

  function begin(message: Decoded): void {
    const id = 'request' in message ? message.request.id : message.id;
    const credentials = credentialsIn(message);
    if (credentials === undefined) return turnAway(id, authenticationComesFirst);
    const claim = entrance.claim(credentials, door);
    const unknown = unknownCredentials(credentials);
    if (claim === null) return turnAway(id, unknown);
    const entered = enter(claim);
    if (entered instanceof Promise) void settle(id, claim, entered, unknown);
    else if (entered === null) turnAway(id, unknown);
    else welcome(id, entered);
  }

  /** What is sent meanwhile waits. */
  async function settle(
    id: Id | undefined,
    claim: Claim,
    entering: Promise<Entered | null>,
    unknown: ErrorObject,
  ): Promise<void> {
    const waiting: string[] = [];
    early = waiting;
    try {
      const entered = await entering;
      early = null;
      if (ended.signal.aborted) await forget(entered, claim);
      else if (entered === null) turnAway(id, unknown);
      else welcome(id, entered);
    } catch (error) {
      early = null;
      failed(id, claim, error);
    }
    for (const text of waiting) receive(text);
  }

  /** Also a guest that was just made, and whose token nobody will ever have. */
  async function forget(entered: Entered | null, claim: Claim): Promise<void> {
    const gone = entered?.viewer;
    if (gone?.kind === 'guest' && entered?.isNew) await hub.revoke(gone.id);
    claim.giveBack?.();
  }

  function welcome(id: Id | undefined, entered: Entered): void {
    const { viewer: by, token, expires, isNew = false } = entered;
    if (!known(by.kind === 'guest' ? by.id : undefined)) return leaveNoRoom(id, by);
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

  function leaveNoRoom(id: Id | undefined, by: Viewer): void {
    note(`not let in: ${nameOf(by)} has too many connections`);
    refuse(id, tooManyOfGuest);
    finish('notNow', 'Try again later');
  }

  function turnAway(id: Id | undefined, error: ErrorObject): void {
    note(`not let in: ${error.message}`);
    refuse(id, error);
    finish('unauthenticated', 'Authentication failed');
  }

  /** The cause is for the journal alone. */
  function failed(id: Id | undefined, claim: Claim, error: unknown): void {
    const answer = errorObject(error);
    if (!(error instanceof HandglassError)) report(error);
    else if (error.code === 'not-permitted') return turnAway(id, answer);
    else note(`not let in: ${error.what} (${reasonOf(error.cause)})`);
    claim.giveBack?.();
    refuse(id, answer);
    finish('notNow', 'Try again later');
  }

  /** At once, unless where the peer is has to be compared first. */
  function enter(claim: Claim): ReturnType<Claim['enter']> {
    const { domain } = claim;
    if (addressesOf === undefined || domain === null) return claim.enter();
    return requireOwnAddress(addressesOf, domain, address).then(() =>
      ended.signal.aborted ? null : claim.enter(),
    );
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

const tooManyOfGuest = errorObject(
  new HandglassError(
    'busy',
    'This guest has as many connections as it may.',
    'End one of them, or raise `connections-per-guest` of [server.limits] on the host.',
  ),
);

const tooManyInFlight = errorObject(
  new HandglassError(
    'busy',
    `This connection has ${inFlightLimit} requests waiting.`,
    'Send the next one after an answer.',
  ),
);
