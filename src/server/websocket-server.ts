/**
 * An HTTP server for the websocket at `/`, and for the page that a browser opens it from. What it
 * refuses, it refuses before a session exists: too many connections (dropped), a request under a name
 * that is not ours or of a page of another site (403), another path (404); and on the websocket a
 * message that is too large (closed with 1009), a binary one (1003), text that is not UTF-8 (1007) and
 * broken frames (1002).
 */
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ServerLimits } from '../config/server.ts';
import type { Clock } from '../host/ports.ts';
import { plainAddress } from './addresses.ts';
import type { Admission, Admitted } from './admission.ts';
import type { Peer } from './authentication.ts';
import type { Certificate } from './certificate.ts';
import type { Door } from './entrance.ts';
import { pageRefusal, upgradeRefusal } from './gate.ts';
import { createServer, createSecureServer } from './http.ts';
import { misspoken } from './misspoken.ts';
import { origin } from './places.ts';
import { closeCodes, frameLimitBytes } from './protocol.ts';
import { openSession, type Connection, type SessionContext } from './session.ts';
import { dropWhenSilent } from './silence.ts';
import { createThrottle } from './throttle.ts';

/** What all listeners of a service share. */
export interface ServerContext extends SessionContext {
  /** Answers a plain request, which asks for no websocket. */
  answerPlainRequest: RequestListener;
}

/** What is different from one listener to the other. */
export interface ListenerOptions {
  door: Door;
  /** Null for an address that speaks no TLS. */
  certificate: Certificate | null;
  admission: Admission;
  limits: ServerLimits;
}

/**
 * A server that is ready to listen. When the signal is aborted it ends every connection, politely
 * for a second and then at once; to stop listening is up to the caller.
 */
export function createWebsocketServer(
  context: ServerContext,
  { door, certificate, admission, limits }: ListenerOptions,
  signal: AbortSignal,
): Server {
  const { clock, journal, answerPlainRequest } = context;
  const unnamed = door === 'local' ? 'local socket' : 'an address that has gone';
  const addressOf = ({ remoteAddress = unnamed }: Socket) => plainAddress(remoteAddress);
  const server = serverFor(certificate, limits, signal);
  const websockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
  });

  websockets.on('wsClientError', (error, socket, request) => {
    journal(addressOf(request.socket), `not let in: ${error.message}`);
    refuse(socket, '400 Bad Request');
  });

  const sockets = new Set<Socket>();
  const admittedBy = new Map<string, Admitted>();
  // Node's own part, TLS or HTTP, begins when a connection is let in.
  const begin = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket) => void letIn(socket));

  /** A peer on the network that has gone again has no address any more, and is asked for nothing. */
  function hasGone(socket: Socket): boolean {
    return door !== 'local' && socket.remoteAddress === undefined;
  }

  async function letIn(socket: Socket): Promise<void> {
    if (hasGone(socket)) return void socket.destroy();
    const gone = new AbortController();
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      gone.abort();
    });
    const address = addressOf(socket);
    const giveWay = () => {
      journal(address, 'dropped before it said who it is: there are too many connections');
      socket.destroy();
    };
    const admitted = await admission.admit(address, giveWay, gone.signal);
    if ('why' in admitted) {
      if (!gone.signal.aborted) journal(address, `not let in: ${admitted.why}`);
      return void socket.destroy();
    }
    if (gone.signal.aborted) return admitted.leave();
    const ends = endsOf(socket);
    if (door === 'local') admitted.known();
    else admittedBy.set(ends, admitted);
    gone.signal.addEventListener('abort', () => {
      admitted.leave();
      if (admittedBy.get(ends) === admitted) admittedBy.delete(ends);
    });
    for (const listener of begin) listener.call(server, socket);
  }

  server.on('clientError', (error, socket) => {
    const said = misspoken(error);
    if (said === null) return socket.destroy();
    // One that sends on while it is refused.
    if (said.status !== null && !socket.writable) return undefined;
    journal(addressOf(socket as Socket), `not let in: ${said.why}`);
    return said.status === null ? socket.destroy() : refuse(socket, said.status);
  });

  const asked = new WeakSet<Socket>();
  server.on('request', (request, response) => {
    // Whoever sends many at once, though each answer closes the connection.
    if (asked.has(request.socket) || hasGone(request.socket)) return request.socket.destroy();
    asked.add(request.socket);
    const address = addressOf(request.socket);
    const refusal = pageRefusal(request, door, certificate !== null);
    if (refusal === null) {
      response.once('finish', () => {
        if (response.statusCode >= 400) journal(address, unanswered(request, response.statusCode));
      });
      return answerPlainRequest(request, response);
    }
    journal(address, `not let in: ${refusal.why}`);
    response.writeHead(403, { Connection: 'close' }).end();
  });

  server.on('upgrade', (request, socket, head) => {
    // A peer that resets the connection while it is answered; its close event does the rest.
    socket.on('error', () => {});
    if (hasGone(request.socket)) return void socket.destroy();
    const refusal = upgradeRefusal(request, door, certificate !== null);
    if (refusal !== null) {
      journal(addressOf(request.socket), `not let in: ${refusal.why}`);
      return refuse(socket, refusal.status);
    }
    const admitted = admittedBy.get(endsOf(request.socket));
    websockets.handleUpgrade(request, socket, head, (websocket) =>
      open(websocket, request.socket, (guest) => admitted?.known(guest) ?? true),
    );
  });

  signal.addEventListener('abort', () => void dropLeft(clock, server, sockets));

  function open(websocket: WebSocket, socket: Socket, known: Peer['known']): void {
    const gone = new AbortController();
    const { localAddress = '', localPort = 0 } = socket;
    const address = addressOf(socket);
    const reached = origin(localAddress, localPort, certificate !== null);
    const peer = { door, address, reached, limits, known };
    const session = openSession(connectionOver(websocket), context, peer);
    const receive = receiver();
    websocket.on('message', (data, isBinary) => {
      if (!isBinary) return receive((data as Buffer).toString());
      // Until the peer has said goodbye too, ws goes on to deliver what it sends.
      session.end();
      journal(address, 'sent what is no text, and is dropped');
      websocket.close(closeCodes.textOnly, 'Text messages only');
    });
    // ws has closed with the code that names the error already.
    websocket.on('error', (error) => {
      if ('code' in error && String(error.code).startsWith('WS_ERR_'))
        journal(address, `sent what is no message, and is dropped: ${error.message}`);
    });
    websocket.on('close', () => {
      gone.abort();
      session.end();
    });
    void dropWhenSilent(clock, websocket, limits.pingMs, gone.signal);
    const stop = () => end(closeCodes.goingAway, 'The service stops');
    signal.addEventListener('abort', stop, { signal: gone.signal });
    if (signal.aborted) stop();

    function end(code: number, reason: string): void {
      session.end();
      void endPolitely(clock, websocket, code, reason, gone.signal);
    }

    /** The host's own user is not slowed. */
    function receiver(): (text: string) => void {
      if (door === 'local') return (text) => session.receive(text);
      const flow = {
        pause: () => websocket.pause(),
        resume: () => websocket.resume(),
        handOn: (text: string) => session.receive(text),
        slowed: () => journal(address, 'sends too much, and is slowed'),
        flooded() {
          journal(address, 'went on to send too much, and is dropped');
          end(closeCodes.flooded, 'Too many messages');
        },
      };
      const throttle = createThrottle(clock, limits, flow, gone.signal);
      socket.on('data', (chunk: Buffer) => throttle.read(chunk.length));
      return (text) => throttle.message(text);
    }
  }

  return server;
}

type Socket = IncomingMessage['socket'];

const goodbyeMs = 1_000;

/** A certificate that is renewed is shown to who comes next; connections that there are go on. */
function serverFor(
  certificate: Certificate | null,
  { authenticateMs }: ServerLimits,
  signal: AbortSignal,
): Server {
  // A peer that connects and sends no request, or half of one, is dropped after this time.
  const times = {
    headersTimeout: authenticateMs,
    requestTimeout: authenticateMs,
    connectionsCheckingInterval: 1_000,
  };
  if (certificate === null) return createServer(times);
  const server = createSecureServer({
    ...times,
    ...tlsOptions(certificate),
    handshakeTimeout: authenticateMs,
  });
  const forget = certificate.onRenewal(() => server.setSecureContext(tlsOptions(certificate)));
  signal.addEventListener('abort', forget);
  return server;
}

function tlsOptions(certificate: Certificate) {
  return { ...certificate.current(), minVersion: 'TLSv1.2' } as const;
}

function unanswered({ method, url }: IncomingMessage, status: number): string {
  return `asked for what is not there: ${method} ${url}: ${status}`;
}

/** Tells a connection from every other one, and is the same before and behind TLS. */
function endsOf({ localAddress, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${remoteAddress} ${remotePort}`;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

function connectionOver(websocket: WebSocket): Connection {
  return {
    send: (text, taken) => sendInFrames(websocket, Buffer.from(text), taken),
    bufferedBytes: () => websocket.bufferedAmount,
    close: (code, reason) => websocket.close(code, reason),
    drop: () => websocket.terminate(),
  };
}

/** Frames of at most 16 KiB each; a peer puts them together as one message. */
function sendInFrames(websocket: WebSocket, text: Buffer, taken?: () => void): void {
  for (let at = 0; at < text.length; at += frameLimitBytes) {
    const fin = at + frameLimitBytes >= text.length;
    const frame = text.subarray(at, at + frameLimitBytes);
    websocket.send(frame, { binary: false, fin }, fin ? taken : undefined);
  }
}

/** Whoever has not gone after a goodbye's time, such as in the middle of a handshake. */
async function dropLeft(clock: Clock, server: Server, sockets: ReadonlySet<Duplex>): Promise<void> {
  if (sockets.size === 0) return;
  const closed = new AbortController();
  server.once('close', () => closed.abort());
  await clock.sleep(goodbyeMs, closed.signal).catch(() => {});
  for (const socket of sockets) socket.destroy();
}

async function endPolitely(
  clock: Clock,
  websocket: WebSocket,
  code: number,
  reason: string,
  gone: AbortSignal,
): Promise<void> {
  websocket.close(code, reason);
  try {
    await clock.sleep(goodbyeMs, gone);
    websocket.terminate();
  } catch {
    // The peer said goodbye.
  }
}
