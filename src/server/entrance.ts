/**
 * Who may come in over the network: by a token, which lasts, or by a code, which is good once and
 * gives a token. A code for a domain makes a guest of it when it is used. One without a domain is for
 * the host's own panel, on the listener that only this machine reaches: its token ends with the
 * service, and is no good anywhere else.
 */
import type { Clock } from '../host/ports.ts';
import type { Guests } from './guests.ts';
import { createSecrets } from './secrets.ts';
import type { Viewer } from './visibility.ts';

export type Credentials = { token: string } | { code: string };

/** Which listener somebody comes by: the local socket, the guests' or that of this machine's panel. */
export type Door = 'local' | 'network' | 'panel';

export interface Entered {
  viewer: Exclude<Viewer, { kind: 'local' }>;
  /** To be told to who came by a code, here and never again. */
  token?: string;
}

export interface Claim {
  /** The domain that it is for; null for the host's panel. */
  domain: string | null;
  /** Lets its bearer in; null where the guest was revoked meanwhile. A guest is written first. */
  enter(): Entered | null | Promise<Entered | null>;
  /** Makes a code good again. To be called where it is not its bearer's fault that nobody came in. */
  giveBack?: () => void;
}

export interface Entrance {
  /**
   * Makes a code, for a guest of the domain or the host's panel; `expires` is ISO 8601 in UTC.
   *
   * @throws HandglassError `config` where the list of guests could not be read
   */
  invite(domain: string | null): { code: string; expires: string };
  /** Null where token or code is no good. A code is used up by this, unless it is given back. */
  claim(credentials: Credentials, door: Door): Claim | null;
}

export function createEntrance(clock: Pick<Clock, 'now'>, guests: Guests): Entrance {
  const codes = createSecrets<{ domain: string | null }>(clock, {
    bytes: 16,
    lifeMs: 10 * minuteMs,
  });
  const panelTokens = createSecrets<true>(clock, { bytes: 32, lifeMs: 12 * 60 * minuteMs });

  function byToken(token: string, door: Door): Claim | null {
    if (door === 'panel' && panelTokens.find(token) !== null) {
      return { domain: null, enter: () => ({ viewer: { kind: 'panel' } }) };
    }
    const guest = guests.authenticate(token);
    if (guest === null) return null;
    const enter = () =>
      guests.authenticate(token) && { viewer: { kind: 'guest' as const, ...guest } };
    return { domain: guest.domain, enter };
  }

  function byCode(code: string, door: Door): Claim | null {
    const invited = codes.take(code);
    if (invited === null) return null;
    const { bearer, putBack } = invited;
    const { domain } = bearer;
    if (domain !== null) return { domain, enter: () => newGuest(domain), giveBack: putBack };
    return door === 'panel' ? { domain, enter: newPanel } : null;
  }

  async function newGuest(domain: string): Promise<Entered> {
    const { token, ...guest } = await guests.pair(domain);
    return { viewer: { kind: 'guest', ...guest }, token };
  }

  function newPanel(): Entered {
    return { viewer: { kind: 'panel' }, token: panelTokens.make(true).secret };
  }

  return {
    invite(domain) {
      if (domain !== null) guests.requireKnown();
      const { secret, expires } = codes.make({ domain });
      return { code: secret, expires: new Date(expires).toISOString() };
    },
    claim: (credentials, door) =>
      'token' in credentials ? byToken(credentials.token, door) : byCode(credentials.code, door),
  };
}

const minuteMs = 60_000;
