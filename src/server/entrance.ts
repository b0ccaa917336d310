/**
 * Who may come in over the network: by a token, which lasts, or by a code, which is good once and
 * gives a token. A code for a domain makes a guest of it when it is used. Others are for browsers, and
 * their tokens end after 12 hours or with the service, and with them whoever has come in by one. One
 * that a guest has asked for is as good as that guest, as long as it is known; one that such a browser
 * has asked for ends when that one does. The host's own is good on the listener alone that only this
 * machine reaches.
 */
import type { Clock } from '../host/ports.ts';
import type { Guest, Guests } from './guests.ts';
import { createSecrets } from './secrets.ts';
import type { Viewer } from './visibility.ts';

export type Credentials = { token: string } | { code: string };

/** Which listener somebody comes by: the local socket, the guests' or that of this machine's panel. */
export type Door = 'local' | 'network' | 'panel';

export interface Entered {
  viewer: Exclude<Viewer, { kind: 'local' }>;
  /** To be told to who came by a code, here and never again. */
  token?: string;
  /** Until when it is let in, in milliseconds since the epoch; as long as it stays unless told. */
  expires?: number;
  /** Whether this has made the guest that it is. */
  isNew?: true;
}

export interface Claim {
  /** The domain that it is for; null for the host's panel. */
  domain: string | null;
  /** The guest whose it is; none for a code that makes one, and for the host's panel. */
  guest?: Guest | undefined;
  /** Lets its bearer in; null where the guest was revoked meanwhile. A guest is written first. */
  enter(): Entered | null | Promise<Entered | null>;
  /** Makes a code good again. To be called where it is not its bearer's fault that nobody came in. */
  giveBack?: () => void;
}

export interface Invitation {
  code: string;
  /** ISO 8601 in UTC. */
  expires: string;
}

export interface Entrance {
  /**
   * Makes a code, for a new guest of the domain or the host's panel.
   *
   * @throws HandglassError `config` where the list of guests could not be read
   */
  invite(domain: string | null): Invitation;
  /** Makes a code for a browser that may do what this guest may, and for no longer. */
  inviteBrowser(guest: Guest & { until?: number }): Invitation;
  /** Null where token or code is no good. A code is used up by this, unless it is given back. */
  claim(credentials: Credentials, door: Door): Claim | null;
}

export function createEntrance(clock: Pick<Clock, 'now'>, guests: Guests): Entrance {
  const codes = createSecrets<Invited>(clock, { bytes: 16, lifeMs: 10 * minuteMs }, ownerOf);
  const browsers = createSecrets<Browser>(
    clock,
    { bytes: 32, lifeMs: 12 * 60 * minuteMs },
    ownerOf,
  );

  function byToken(token: string, door: Door): Claim | null {
    const browser = browsers.find(token);
    if (browser !== null) {
      const { bearer, expires } = browser;
      return claimOf(bearer, door, () => entered(bearer, { expires }));
    }
    const guest = guests.authenticate(token);
    if (guest === null) return null;
    const enter = () =>
      guests.authenticate(token) && { viewer: { kind: 'guest' as const, ...guest } };
    return { domain: guest.domain, guest, enter };
  }

  function byCode(code: string, door: Door): Claim | null {
    const taken = codes.take(code);
    if (taken === null) return null;
    const { bearer, putBack } = taken;
    if ('guest' in bearer) return claimOf(bearer, door, () => newBrowser(bearer), putBack);
    return { domain: bearer.domain, enter: () => newGuest(bearer.domain), giveBack: putBack };
  }

  async function newGuest(domain: string): Promise<Entered> {
    const { token, ...guest } = await guests.pair(domain);
    return { viewer: { kind: 'guest', ...guest }, token, isNew: true };
  }

  function newBrowser(browser: Browser): Entered | null {
    if (!isKnown(browser)) return null;
    const { secret, expires } = browsers.make(browser, browser.until);
    return entered(browser, { token: secret, expires });
  }

  /** Null where its guest was revoked. */
  function entered(browser: Browser, how: { expires: number; token?: string }): Entered | null {
    const { guest } = browser;
    if (!isKnown(browser)) return null;
    if (guest === null) return { viewer: { kind: 'panel' }, ...how };
    return { viewer: { kind: 'guest', ...guest, until: how.expires }, ...how };
  }

  function isKnown({ guest }: Browser): boolean {
    return guest === null || guests.knows(guest.id);
  }

  function invite(invited: Invited, until?: number): Invitation {
    const { secret, expires } = codes.make(invited, until);
    return { code: secret, expires: new Date(expires).toISOString() };
  }

  return {
    invite(domain) {
      if (domain === null) return invite({ guest: null, until: Infinity });
      guests.requireKnown();
      return invite({ domain });
    },
    inviteBrowser: ({ id, domain, until = Infinity }) =>
      invite({ guest: { id, domain }, until }, until),
    claim: (credentials, door) =>
      'token' in credentials ? byToken(credentials.token, door) : byCode(credentials.code, door),
  };
}

interface Browser {
  /** Null for the host's own. */
  guest: Guest | null;
  /** When it ends with the one that has asked for it, in milliseconds since the epoch. */
  until: number;
}

/** A new guest of the domain, or a browser. */
type Invited = { domain: string } | Browser;

/** None of the guests can use up what others have. */
function ownerOf(invited: Invited): string {
  return 'guest' in invited ? (invited.guest?.id ?? '') : '';
}

/** Null where the host's own browser comes by a door of others. */
function claimOf(
  { guest }: Browser,
  door: Door,
  enter: () => Entered | null,
  giveBack = () => {},
): Claim | null {
  return guest === null && door !== 'panel'
    ? null
    : { domain: guest?.domain ?? null, guest: guest ?? undefined, enter, giveBack };
}

const minuteMs = 60_000;
