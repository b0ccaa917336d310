/**
 * An HTTP server whose only use is the websocket at `/`. What it refuses, it refuses before a
 * session exists: too many connections (dropped), another path (404), a page of another origin
 * (403), a plain request (426); and on the websocket a message of more than 16 KiB (closed with
 * 1009), a binary one (1003), text that is not UTF-8 (1007) and broken frames (1002).
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clock } from '../host/ports.ts';
import type { Admission } from './admission.ts';
import type { Door } from './entrance.ts';
import { createServer } from './http.ts';
import { closeCodes, frameLimitBytes } from './protocol.ts';
import { openSession, type Connection, type SessionContext } from './session.ts';

/**
 * A server that is ready to listen. When the signal is aborted it ends every connection, politely
 * for a second and then at once; to stop listening is up to the caller.
 */
export function createWebsocketServer(
  context: SessionContext,
  from: Door,
  admission: Admission,
  signal: AbortSignal,
): Server {
  const server = createServer(httpOptions, (_request, response) => {
    response.writeHead(426, { Upgrade: 'websocket', Connection: 'close', ...plainText });
    response.end('Handglass speaks JSON-RPC 2.0 over a websocket here.\n');
  });
  const websockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: frameLimitBytes,
    perMessageDeflate: false,
  });

  server.on('connection', (socket) => {
    const leave = admission.admit(socket.remoteAddress ?? '');
    if (leave === null) socket.destroy();
    else socket.once('close', leave);
  });

  server.on('upgrade', (request, socket, head) => {
    // A peer that resets the connection while it is answered; its close event does the rest.
    socket.on('error', () => {});
    const refusal = refusalOf(request);
    if (refusal === null) websockets.handleUpgrade(request, socket, head, open);
    else refuse(socket, refusal);
  });

  function open(websocket: WebSocket): void {
    const gone = new AbortController();
    const session = openSession(connectionOver(websocket), context, from);
    websocket.on('message', (data, isBinary) => {
      if (!isBinary) return session.receive((data as Buffer).toString());
      // Until the peer has said goodbye too, ws goes on to deliver what it sends.
      session.end();
      websocket.close(closeCodes.textOnly, 'Text messages only');
    });
    // ws has closed with the code that names the error already.
    websocket.on('error', () => {});
    websocket.on('close', () => {
      gone.abort();
      session.end();
    });
    void dropWhenSilent(context.clock, websocket, gone.signal);
    const stop = () => {
      session.end();
      void endPolitely(context.clock, websocket, gone.signal);
    };
    signal.addEventListener('abort', stop, { signal: gone.signal });
    if (signal.aborted) stop();
  }

  return server;
}

const plainText = { 'Content-Type': 'text/plain; charset=utf-8' };

/** A peer that connects and sends no request, or half of one, is dropped after this time. */
const httpOptions = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

const pingEveryMs = 30_000;
const goodbyeMs = 1_000;

/** The status line's end, or null for a request that may become a websocket. */
function refusalOf(request: IncomingMessage): string | null {
  if (request.url !== '/') return '404 Not Found';
  const { origin } = request.headers;
  return origin === undefined || origin === originOf(request) ? null : '403 Forbidden';
}

/**
 * The origin of a page that this very address has served. It is made from the address that was
 * reached, not from the Host header: a page whose name was rebound to this address controls that.
 */
function originOf({ socket, headers }: IncomingMessage): string | null {
  const { localAddress = '', localPort, localFamily } = socket;
  const host = `${localFamily === 'IPv6' ? `[${localAddress}]` : localAddress}:${localPort}`;
  return headers.host === host ? `http://${host}` : null;
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

/** A peer that does not answer a ping by the time of the next one is gone. */
async function dropWhenSilent(
  clock: Clock,
  websocket: WebSocket,
  gone: AbortSignal,
): Promise<void> {
  let answered = true;
  websocket.on('pong', () => {
    answered = true;
  });
  try {
    while (answered) {
      answered = false;
      websocket.ping();
      await clock.sleep(pingEveryMs, gone);
    }
    websocket.terminate();
  } catch {
    // The connection ended first.
  }
}

async function endPolitely(clock: Clock, websocket: WebSocket, gone: AbortSignal): Promise<void> {
  websocket.close(closeCodes.goingAway, 'The service stops');
  try {
    await clock.sleep(goodbyeMs, gone);
    websocket.terminate();
  } catch {
    // The peer said goodbye.
  }
}
