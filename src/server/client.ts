/** The other end of the protocol, as the command line uses it. */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { HandglassError, isErrno, reasonOf, type ErrorCode } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import {
  closeCodes,
  errorNumbers,
  faultNumbers,
  methods,
  stateChanged,
  type Method,
  type Params,
  type Result,
  type State,
} from './protocol.ts';
import { dropWhenSilent } from './silence.ts';

export interface Client {
  /**
   * @throws HandglassError with the code that the service gives; `protocol` where the two do not
   *   understand each other; `service-down` where the connection ends before the answer
   */
  call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>>;
  /**
   * The state now and then each change of it, in order, until `close`. To be called once.
   *
   * @throws HandglassError where the connection ends otherwise
   */
  states(): AsyncGenerator<State, void>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** A guest's. */
  token?: string;
  /** Makes the connection under the websocket, where that is more than the address says. */
  transport?: () => Promise<Duplex>;
  /** Asks so often whether the service is still there, and ends the connection where it is not. */
  keepAlive?: { clock: Clock; everyMs: number };
}

/**
 * Connects to `ws+unix:PATH:/`, `ws://HOST:PORT/` or `wss://HOST:PORT/`; with a token as its guest.
 *
 * @throws HandglassError `service-down` where nobody answers, `not-permitted` where this user may
 *   not open the socket, `unauthenticated` where the token is refused
 */
export async function connect(
  address: string,
  { token, ...options }: ConnectOptions = {},
): Promise<Client> {
  const client = await open(address, options);
  if (token !== undefined) await client.call('session.authenticate', { token });
  return client;
}

async function open(
  address: string,
  { transport, keepAlive }: Omit<ConnectOptions, 'token'>,
): Promise<Client> {
  try {
    const socket = await transport?.();
    const websocket = new WebSocket(address, {
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: answerLimitBytes,
      perMessageDeflate: false,
      ...(socket === undefined ? {} : { createConnection: () => socket }),
    });
    const client = clientOver(websocket);
    await once(websocket, 'open');
    if (keepAlive !== undefined) keepAsking(websocket, keepAlive);
    return client;
  } catch (error) {
    throw error instanceof HandglassError ? error : notConnected(address, error);
  }
}

const handshakeTimeoutMs = 5_000;
/** RFC 6455's code for a protocol error. */
const notUnderstoodCode = 1002;
/** Its code for an end without a goodbye. */
const lostCode = 1006;
const answerLimitBytes = 1024 * 1024;

function keepAsking(websocket: WebSocket, { clock, everyMs }: { clock: Clock; everyMs: number }) {
  const gone = new AbortController();
  websocket.on('close', () => gone.abort());
  void dropWhenSilent(clock, websocket, everyMs, gone.signal);
}

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: HandglassError) => void;
}

function clientOver(websocket: WebSocket): Client {
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let closing = false;
  let changes: ReadableStreamDefaultController<State>;
  const changed = new ReadableStream<State>({
    start(controller) {
      changes = controller;
    },
  });

  websocket.on('message', (data) => take((data as Buffer).toString()));
  // The close event follows, and tells whoever waits.
  websocket.on('error', () => {});
  websocket.on('close', (code) => {
    const why = connectionEnded(code);
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
    if (closing) changes.close();
    else changes.error(why);
  });

  function take(text: string): void {
    const message = messageSchema.safeParse(parse(text)).data;
    if (message === undefined) websocket.close(notUnderstoodCode, 'Not understood');
    else if ('method' in message) changes.enqueue(message.params);
    else settle(message);
  }

  function settle(answer: Answer): void {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) call?.reject(failureIn(answer.error));
    else call?.resolve(answer.result);
  }

  async function call<M extends Method>(method: M, params: Params<M>): Promise<Result<M>> {
    const answer = new Promise<unknown>((resolve, reject) => {
      if (websocket.readyState !== WebSocket.OPEN) return reject(connectionEnded(lostCode));
      calls += 1;
      waiting.set(calls, { resolve, reject });
      websocket.send(JSON.stringify({ jsonrpc: '2.0', id: calls, method, params }));
    });
    const result = methods[method].result.safeParse(await answer);
    if (!result.success) throw notUnderstood(`The service's answer to ${method} is unknown here.`);
    return result.data as Result<M>;
  }

  return {
    call,

    async *states() {
      yield await call('state.subscribe', {});
      // Whoever has seen enough stops listening; what still comes is dropped with the client.
      yield* changed.values({ preventCancel: true });
    },

    async close() {
      closing = true;
      if (websocket.readyState === WebSocket.CLOSED) return;
      websocket.close();
      await once(websocket, 'close');
    },
  };
}

const errorSchema = z.object({
  message: z.string(),
  data: z.object({ code: z.string(), remedy: z.string() }),
});

const messageSchema = z.union([
  stateChanged,
  z.object({ id: z.number(), error: errorSchema }),
  z.object({ id: z.number(), result: z.unknown() }),
]);

type Answer = Exclude<z.infer<typeof messageSchema>, { method: string }>;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failureIn({ message, data }: z.infer<typeof errorSchema>): HandglassError {
  if (Object.hasOwn(faultNumbers, data.code)) return notUnderstood(message);
  const code = Object.hasOwn(errorNumbers, data.code) ? (data.code as ErrorCode) : 'internal';
  return new HandglassError(code, message, data.remedy);
}

function notUnderstood(what: string): HandglassError {
  return new HandglassError(
    'protocol',
    what,
    'Restart the service if it is older than this program (`sudo systemctl restart handglass`).',
  );
}

function connectionEnded(code: number): HandglassError {
  if (code === notUnderstoodCode) return notUnderstood('What the service sends is unknown here.');
  if (code === closeCodes.unauthenticated || code === closeCodes.revoked) {
    return new HandglassError(
      'unauthenticated',
      'The service does not accept this guest.',
      'Pair it on the host with `handglass guest pair DOMAIN`.',
    );
  }
  const whats: Record<number, string> = {
    [closeCodes.goingAway]: 'The service has ended.',
    [lostCode]: 'The service does not answer any more: it hangs, was killed, or cannot be reached.',
  };
  return new HandglassError(
    'service-down',
    whats[code] ?? `The service ended the connection (${code}).`,
    'On the host, `systemctl status handglass` shows how it is.',
  );
}

function notConnected(address: string, error: unknown): HandglassError {
  const path = /^ws\+unix:(.*):\/$/.exec(address)?.[1];
  return path === undefined ? hostAway(new URL(address).host, error) : serviceAway(path, error);
}

function serviceAway(path: string, error: unknown): HandglassError {
  if (isErrno(error, 'EACCES')) {
    return new HandglassError(
      'not-permitted',
      `This user may not open ${path}.`,
      'Join the group with `sudo usermod -aG handglass "$USER"`, then log in again.',
      { cause: error },
    );
  }
  const reason = isErrno(error, 'ENOENT') ? 'there is no socket' : 'nobody listens';
  return new HandglassError(
    'service-down',
    isErrno(error, 'ENOENT', 'ECONNREFUSED')
      ? `The Handglass service does not run: ${reason} at ${path}.`
      : `The Handglass service does not answer at ${path}: ${reasonOf(error)}.`,
    'Start it with `sudo systemctl start handglass`; if it does not stay up, `journalctl -u handglass` says why.',
    { cause: error },
  );
}

function hostAway(place: string, error: unknown): HandglassError {
  const reason = isErrno(error, 'ECONNREFUSED') ? 'nobody listens there' : reasonOf(error);
  return new HandglassError(
    'service-down',
    `The host does not answer at ${place}: ${reason}.`,
    'On the host, `systemctl status handglass` shows whether the service runs.',
    { cause: error },
  );
}
