/**
 * The way to the service: in with a code or a token, back again whenever the connection is lost, and
 * out for good where the service wants no more of this browser.
 */
import { createBackoff } from '../../../host/backoff.ts';
import type { closeCodes, Result, State } from '../../protocol.ts';
import type { Credentials } from './credentials.ts';
import type { LinkStatus, Refusal, ShutOut } from './model.ts';
import { openPeer, type Peer } from './peer.ts';

export interface Link {
  /** Resolves with the reason where the seat has not moved. */
  give: (seat: string, to: string) => Promise<Refusal | null>;
  /** Resolves with the path of the picture, or the reason where there is none. */
  groups: () => Promise<{ path: string } | Refusal>;
  /** Tries at once, and anew, where there is no connection. */
  retry: () => void;
  /** Ends the connection, and comes back by the link that was not needed. */
  goInByLink: () => void;
  forgetLink: () => void;
}

interface Listener {
  status: (status: LinkStatus) => void;
  /** Told before the status `not let in`. */
  refused: (why: Refusal) => void;
  /** This browser is let in; whether by a token, so that a link that was opened was not needed. */
  entered: (hasUnusedLink: boolean) => void;
  /** What has changed before this connection, as far as the service knows it. */
  recent: (changes: Result<'state.recent'>) => void;
  /** @param viewer `host`, or the domain that this browser speaks for */
  state: (state: State, viewer: string) => void;
}

export function openLink(address: string, credentials: Credentials, listener: Listener): Link {
  const backoff = createBackoff(shortestPauseMs, longestPauseMs);
  let peer: Peer | null = null;
  /** Ended by a retry, together with the pause after it. */
  let attempt = new AbortController();
  void keepConnected();

  async function keepConnected(): Promise<void> {
    for (;;) {
      attempt = new AbortController();
      const end = await connection(attempt.signal);
      peer = null;
      listener.status(end);
      await pause(end === 'lost' ? backoff.next() : Infinity, attempt.signal);
    }
  }

  /** One connection from its beginning to its end. */
  async function connection(givenUp: AbortSignal): Promise<'lost' | ShutOut> {
    const credential = credentials.next();
    if (credential === null) return 'unpaired';
    let viewer = '';
    const current = openPeer(address, (state) => listener.state(state, viewer));
    void closeUnlessConnected(current, givenUp);
    const entry = await current.call('session.authenticate', credential);
    if ('error' in entry) {
      current.close();
      return refused(credential, entry.error);
    }
    if ('code' in credential) credentials.forgetCode();
    listener.entered(credentials.hasCode());
    viewer = entry.result.domain;
    if (entry.result.token !== undefined) credentials.keepToken(entry.result.token);
    const recent = await current.call('state.recent', {});
    if ('result' in recent) listener.recent(recent.result);
    const now = await current.call('state.subscribe', {});
    if ('result' in now) {
      peer = current;
      backoff.reset();
      listener.status('open');
      listener.state(now.result, viewer);
      void closeWhenSilent(current);
    }
    if ((await current.closed) !== revokedCode) return 'lost';
    credentials.forgetToken();
    return 'revoked';
  }

  /** What hangs while it is set up ends in time, or at once where it is given up. */
  async function closeUnlessConnected(current: Peer, givenUp: AbortSignal): Promise<void> {
    await pause(answerWithinMs, givenUp);
    if (peer !== current) current.close();
  }

  function refused(
    credential: { code: string } | { token: string },
    { code, what, remedy }: Refusal & { code: string },
  ): 'lost' | ShutOut {
    if (code === 'connection-ended') return 'lost';
    const isUnknown = code === 'unauthenticated';
    if ('code' in credential) {
      credentials.forgetCode();
      // A link that is used up is no harm to a browser that has a token.
      if (credentials.next() !== null) return 'lost';
      if (isUnknown) return 'link refused';
    } else {
      if (!isUnknown && code !== 'not-permitted') return 'lost';
      if (isUnknown) credentials.forgetToken();
      // What a link is opened for.
      if (credentials.preferCode()) return 'lost';
      if (isUnknown) return 'token refused';
    }
    listener.refused({ what, remedy });
    return 'not let in';
  }

  return {
    async give(seat, to) {
      const answer = (await peer?.call('seat.give', { seat, to })) ?? { error: notConnected };
      return 'error' in answer ? answer.error : null;
    },
    async groups() {
      const answer = (await peer?.call('groups.picture', {})) ?? { error: notConnected };
      return 'error' in answer ? answer.error : answer.result;
    },
    retry() {
      if (peer !== null) return;
      backoff.reset();
      attempt.abort();
    },
    goInByLink() {
      if (!credentials.preferCode()) return;
      peer?.close();
      attempt.abort();
    },
    forgetLink: () => credentials.forgetCode(),
  };
}

const revokedCode: (typeof closeCodes)['revoked'] = 4403;
const shortestPauseMs = 250;
const longestPauseMs = 10_000;
const askEveryMs = 20_000;
const answerWithinMs = 10_000;

/** A network that is gone may end no connection: what does not answer is as good as closed. */
async function closeWhenSilent(peer: Peer): Promise<void> {
  const ended = new AbortController();
  void peer.closed.then(() => ended.abort());
  while (!ended.signal.aborted) {
    await pause(askEveryMs, ended.signal);
    const answered = new AbortController();
    void peer.call('state.get', {}).then(() => answered.abort());
    await pause(answerWithinMs, answered.signal);
    if (!answered.signal.aborted) peer.close();
  }
}

const notConnected: Refusal = {
  what: 'There is no connection to the service.',
  remedy: 'It is tried again by itself.',
};

/** Ends early, and never with a failure, when the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = ms === Infinity ? undefined : setTimeout(end, ms);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
