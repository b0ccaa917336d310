/**
 * How a connection over the network begins: its first message says by a token or a code who is at the
 * other end. What is sent while that is found out waits.
 */
import type { ServerLimits } from '../config/server.ts';
import { HandglassError, reasonOf } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import { authenticationComesFirst, credentialsIn, unknownCredentials } from './credentials.ts';
import { nameOf } from './deeds.ts';
import type { Claim, Door, Entered, Entrance } from './entrance.ts';
import type { Hub } from './hub.ts';
import { decode, errorObject, type ErrorObject, type Id } from './json-rpc.ts';
import { requireOwnAddress } from './own-address.ts';
import { inFlightLimit } from './protocol.ts';
import type { Viewer } from './visibility.ts';

/** Whom all connections of a service ask. */
export interface AuthenticationContext {
  clock: Clock;
  hub: Pick<Hub, 'revoke'>;
  entrance: Pick<Entrance, 'claim'>;
  /** Takes a failure that nobody foresaw. */
  report: (error: unknown) => void;
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

/** What becomes of the connection. */
export interface Outcomes {
  /** Is aborted at its end. */
  ended: AbortSignal;
  note: (text: string) => void;
  refuse: (id: Id | undefined, error: ErrorObject) => void;
  finish: (why: 'unauthenticated' | 'notNow', reason: string) => void;
  /** Is called once, before `receive` takes what came meanwhile. */
  welcome: (id: Id | undefined, entered: Entered) => void;
  receive: (text: string) => void;
}

/** Returns what takes each text until somebody is welcome. */
export function authenticate(
  { clock, hub, entrance, report, addressesOf }: AuthenticationContext,
  { door, address, limits, known }: Omit<Peer, 'reached'>,
  { ended, note, refuse, finish, welcome, receive }: Outcomes,
): (text: string) => void {
  let isWelcome = false;
  /** What came while it was being found out who it is. */
  let early: string[] | null = null;

  void endUnlessAuthenticated();
  return (text) => (early === null ? begin(text) : keep(early, text));

  async function endUnlessAuthenticated(): Promise<void> {
    await clock.sleep(limits.authenticateMs, ended).catch(() => {});
    if (isWelcome || ended.aborted) return;
    if (early !== null) {
      note('not let in: where its domain is could not be told in time');
      return finish('notNow', 'Try again later');
    }
    note('not let in: no session.authenticate came in time');
    finish('unauthenticated', 'No session.authenticate came in time');
  }

  function keep(early: string[], text: string): void {
    if (early.length < inFlightLimit) return void early.push(text);
    note('not let in: too much came before it was known who it is');
    finish('unauthenticated', 'Too much came before the authentication');
  }

  function begin(text: string): void {
    const message = decode(text);
    const id = 'request' in message ? message.request.id : message.id;
    const credentials = credentialsIn(message);
    if (credentials === undefined) return turnAway(id, authenticationComesFirst);
    const claim = entrance.claim(credentials, door);
    const unknown = unknownCredentials(credentials);
    if (claim === null) return turnAway(id, unknown);
    const entered = enter(claim);
    if (entered instanceof Promise) void settle(id, claim, entered, unknown);
    else if (entered === null) turnAway(id, unknown);
    else letIn(id, entered);
  }

  /** At once, unless where the peer is has to be compared first. */
  function enter(claim: Claim): ReturnType<Claim['enter']> {
    const { domain } = claim;
    if (addressesOf === undefined || domain === null) return claim.enter();
    return requireOwnAddress(addressesOf, domain, address).then(() =>
      ended.aborted ? null : claim.enter(),
    );
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
      if (ended.aborted) await forget(entered, claim);
      else if (entered === null) turnAway(id, unknown);
      else letIn(id, entered);
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

  function letIn(id: Id | undefined, entered: Entered): void {
    const { viewer: by } = entered;
    if (!known(by.kind === 'guest' ? by.id : undefined)) return leaveNoRoom(id, by);
    isWelcome = true;
    welcome(id, entered);
  }

  function leaveNoRoom(id: Id | undefined, by: Viewer): void {
    note(`not let in: ${nameOf(by)} has too many connections`);
    refuse(id, tooManyOfGuest);
    finish('notNow', 'Try again later');
  }

  function turnAway(id: Id | undefined, error: ErrorObject, whose = ''): void {
    note(`not let in: ${whose}${error.message}`);
    refuse(id, error);
    finish('unauthenticated', 'Authentication failed');
  }

  /** The cause is for the journal alone. */
  function failed(id: Id | undefined, claim: Claim, error: unknown): void {
    const answer = errorObject(error);
    const { guest } = claim;
    const whose = guest === undefined ? '' : `${nameOf({ kind: 'guest', ...guest })}: `;
    if (!(error instanceof HandglassError)) report(error);
    else if (error.code === 'not-permitted') return turnAway(id, answer, whose);
    else note(`not let in: ${whose}${error.what} (${reasonOf(error.cause)})`);
    claim.giveBack?.();
    refuse(id, answer);
    finish('notNow', 'Try again later');
  }
}

const tooManyOfGuest = errorObject(
  new HandglassError(
    'busy',
    'This guest has as many connections as it may.',
    'End one of them, or raise `connections-per-guest` of [server.limits] on the host.',
  ),
);
