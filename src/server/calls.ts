/** What each method does once the caller is known: a request in, a result or an error object out. */
import { HandglassError } from '../errors.ts';
import type { Certificate } from './certificate.ts';
import type { Entrance } from './entrance.ts';
import type { Guests } from './guests.ts';
import type { Hub } from './hub.ts';
import { errorObject, explain, fault, type ErrorObject, type Request } from './json-rpc.ts';
import type { Operations } from './operations.ts';
import type { Pictures } from './pictures.ts';
import { panelLink, type Places } from './places.ts';
import { methods, type Method, type Params, type Result, type SeatState } from './protocol.ts';
import { createRecentChanges } from './recent.ts';
import { findSeat, mayMove, visibleError, visibleState, type Viewer } from './visibility.ts';

type Outcome = { result: unknown } | { error: ErrorObject };

/**
 * Carries a request out. It never rejects: what is no HandglassError goes to `report`.
 *
 * @param reached where the caller has reached the service: `https://192.168.122.1:18503`
 */
export type Perform = (by: Viewer, request: Request, reached: string) => Promise<Outcome>;

/** What calls are carried out with. */
export interface Means {
  hub: Hub;
  operations: Operations;
  entrance: Pick<Entrance, 'invite' | 'inviteBrowser'>;
  guests: Pick<Guests, 'requireKnown'>;
  places: Pick<Places, 'requireReached' | 'pairingStrings' | 'links'>;
  pictures: Pick<Pictures, 'place'>;
  /** Null where nobody is spoken to by TLS. */
  certificate: Pick<Certificate, 'fingerprint'> | null;
}

export function createCalls(means: Means, report: (error: unknown) => void): Perform {
  const { hub, operations, entrance, guests, places, pictures, certificate } = means;
  const recentChanges = createRecentChanges();
  const calls: Calls = {
    'state.get': (by) => visibleState(by, hub.state()),

    // The session announces what follows.
    'state.subscribe': (by) => visibleState(by, hub.state()),

    'state.recent': (by) => recentChanges(by, hub.recent()),

    async 'seat.give'(by, { seat, to }) {
      const { name } = movable(by, seat, to);
      return moved(by, name, operations.give(name, to, by));
    },

    async 'seat.toggle'(by, { seat }) {
      const { name } = movable(by, seat, 'host');
      return moved(by, name, operations.toggle(name, by));
    },

    async 'host.suspend'() {
      await operations.suspend();
      return {};
    },

    async 'host.resume'() {
      await operations.resume();
      return {};
    },

    'trial.confirm'() {
      operations.confirm();
      return {};
    },

    'guest.pair'(_by, { domain }) {
      hub.requireListed(domain);
      places.requireReached('network');
      const { code, expires } = entrance.invite(domain);
      return { domain, code, pairing: places.pairingStrings(code), expires };
    },

    'panel.open'(by, { domain }, reached) {
      if (by.kind === 'guest' && domain === undefined) {
        const { code, expires } = entrance.inviteBrowser(by);
        return link([panelLink(reached, code)], expires);
      }
      if (by.kind !== 'local') throw onlyOnTheHost(by, 'panel.open');
      if (domain !== undefined) hub.requireListed(domain);
      const door = domain === undefined ? 'panel' : 'network';
      places.requireReached(door);
      const { code, expires } = entrance.invite(domain ?? null);
      return link(places.links(code, door), expires);
    },

    'groups.picture'(by) {
      if (by.kind === 'guest') throw onlyOnTheHost(by, 'groups.picture');
      return { path: pictures.place() };
    },

    'guest.list'() {
      guests.requireKnown();
      return hub.guestStates();
    },

    async 'guest.revoke'(_by, { id }) {
      await hub.revoke(id);
      return {};
    },
  };

  function link([url = '', ...others]: string[], expires: string): Result<'panel.open'> {
    const fingerprint = url.startsWith('https:') ? certificate?.fingerprint() : undefined;
    return {
      url,
      ...(others.length === 0 ? {} : { others }),
      expires,
      ...(fingerprint === undefined ? {} : { fingerprint }),
    };
  }

  function movable(by: Viewer, name: string | undefined, to: string): SeatState {
    const seat = findSeat(by, operations.state().seats, name);
    if (!mayMove(by, seat, to)) throw notBetweenHostAndGuest(seat.name);
    return seat;
  }

  async function moved(by: Viewer, name: string, move: Promise<void>): Promise<SeatState> {
    try {
      await move;
    } catch (error) {
      throw visibleError(by, error);
    }
    return findSeat(by, visibleState(by, hub.state()).seats, name);
  }

  return async (by, { method, params }, reached) => {
    const refusal = refusalOf(by, method);
    if (refusal !== null) return { error: refusal };
    const called = method as CallableMethod;
    const parsed = methods[called].params.safeParse(params);
    if (!parsed.success) return { error: invalidParams(called, explain(parsed.error)) };
    try {
      return { result: await dispatch(calls, called, by, parsed.data, reached) };
    } catch (error) {
      if (!(error instanceof HandglassError)) report(error);
      return { error: errorObject(error) };
    }
  };
}

/** Authentication is the session's own. */
type CallableMethod = Exclude<Method, 'session.authenticate'>;

type Calls = {
  [M in CallableMethod]: (
    by: Viewer,
    params: Params<M>,
    reached: string,
  ) => Result<M> | Promise<Result<M>>;
};

function refusalOf(by: Viewer, method: string): ErrorObject | null {
  if (!Object.hasOwn(methods, method)) {
    return fault('method-not-found', `There is no method "${method}".`, 'See the protocol.');
  }
  if (method === 'session.authenticate') {
    return fault('invalid-request', 'This connection needs no further authentication.');
  }
  if (by.kind !== 'local' && methods[method as CallableMethod].local) {
    return errorObject(onlyOnTheHost(by, method));
  }
  return null;
}

function onlyOnTheHost(by: Viewer, method: string): HandglassError {
  const who = by.kind === 'guest' ? 'A guest' : 'A panel';
  const remedy = 'Use the command line on the host.';
  return new HandglassError('not-permitted', `${who} may not call ${method}.`, remedy);
}

function invalidParams(method: Method, why: string): ErrorObject {
  return fault('invalid-params', `The parameters of ${method} are not what it takes: ${why}.`);
}

function dispatch<M extends CallableMethod>(
  calls: Calls,
  method: M,
  by: Viewer,
  params: unknown,
  reached: string,
) {
  return calls[method](by, params as Params<M>, reached);
}

function notBetweenHostAndGuest(seat: string): HandglassError {
  return new HandglassError(
    'not-permitted',
    `This guest may move the seat "${seat}" only between the host and itself.`,
    'Ask for it on the host.',
  );
}
