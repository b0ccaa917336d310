/** One connection to the service: JSON-RPC 2.0 on a websocket, as src/server/protocol.ts describes. */
import type { Method, Params, Result, State } from '../../protocol.ts';
import type { Refusal } from './model.ts';

export type Answer<M extends Method> =
  { result: Result<M> } | { error: Refusal & { code: string } };

export interface Peer {
  /** Never rejects: the end of the connection answers too. */
  call: <M extends Method>(method: M, params: Params<M>) => Promise<Answer<M>>;
  /** Resolves with the code of the connection's end, however it ended. */
  closed: Promise<number>;
  close: () => void;
}

/** @param changed is called with each state that the service announces */
export function openPeer(address: string, changed: (state: State) => void): Peer {
  const socket = new WebSocket(address);
  const waiting = new Map<number, (answer: Answer<Method>) => void>();
  let calls = 0;

  const opened = new Promise<void>((resolve) => socket.addEventListener('open', () => resolve()));
  const closed = Promise.withResolvers<number>();
  socket.addEventListener('close', ({ code }) => end(code));
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if ('method' in message) return changed(message.params);
    waiting.get(message.id)?.(
      'error' in message ? { error: refusalIn(message.error) } : { result: message.result },
    );
    waiting.delete(message.id);
  });

  async function call<M extends Method>(method: M, params: Params<M>): Promise<Answer<M>> {
    if (socket.readyState > WebSocket.OPEN) return { error: connectionEnded };
    calls += 1;
    const id = calls;
    const answer = new Promise<Answer<Method>>((resolve) => waiting.set(id, resolve));
    void opened.then(() => socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params })));
    return (await answer) as Answer<M>;
  }

  function end(code: number): void {
    for (const settle of waiting.values()) settle({ error: connectionEnded });
    waiting.clear();
    closed.resolve(code);
  }

  return {
    call,
    closed: closed.promise,
    close() {
      socket.close();
      // Of a peer that hangs, the browser waits a minute for its goodbye.
      end(abnormalEndCode);
    },
  };
}

const abnormalEndCode = 1006;

type Message =
  | { method: 'state.changed'; params: State }
  | { id: number; error: ErrorObject }
  | { id: number; result: Result<Method> };

interface ErrorObject {
  message: string;
  data: { code: string; remedy: string };
}

function refusalIn({ message, data }: ErrorObject): Refusal & { code: string } {
  return { code: data.code, what: message, remedy: data.remedy };
}

const connectionEnded = {
  code: 'connection-ended',
  what: 'The connection ended before the service had answered.',
  remedy: 'Once it is back, look who has the seat before you try again.',
};
