/**
 * QEMU's machine protocol (docs/interop/qmp-spec): one JSON object a line, both ways.
 *
 *     ← {"QMP": {"version": …, "capabilities": […]}}
 *     → {"execute": "qmp_capabilities", "id": 0}
 *     ← {"return": {}, "id": 0}
 *     → {"execute": "device_del", "arguments": {"id": "mouse"}, "id": 1}
 *     ← {"event": "DEVICE_DELETED", "data": {…}, "timestamp": {…}}
 *     ← {"error": {"class": "DeviceNotFound", "desc": "Device 'mouse' not found"}, "id": 1}
 *
 * A connection that has once said anything else, or nothing for too long, is not asked again: what
 * it says next might be the answer to something else.
 */
import { z } from 'zod';
import { DomainRefusal } from '../domain/refusal.ts';
import type { Clock, Connect } from '../host/ports.ts';

export interface QmpConnection {
  /**
   * Runs a command and gives what it returns. Rejects with a DomainRefusal in QEMU's words, or with
   * the reason why the connection is over: `ECONNRESET` where the other end has closed it.
   */
  execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Resolves with the reason why it is over. */
  ended: Promise<Error>;
}

/**
 * Connects and waits until QEMU takes commands. Rejects with Node's error when nobody listens at the
 * path, or with why this is no QMP.
 *
 * @param heard takes the name of each event
 * @param signal closes the connection
 */
export async function connectQmp(
  host: Connect & Clock,
  path: string,
  heard: (event: string) => void,
  signal: AbortSignal,
): Promise<QmpConnection> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const greeted = Promise.withResolvers<unknown>();
  let over: Error | null = null;
  let lastId = 0;
  let rest = '';

  const connection = await host.connect(path, (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
    if (rest.length > longestLine) fail(new Error('a line of it has no end'));
  });
  const close = () => connection.end();
  signal.addEventListener('abort', close);
  if (signal.aborted) close();
  const ended = connection.ended.then(() => {
    signal.removeEventListener('abort', close);
    return fail(Object.assign(new Error('the connection has ended'), { code: 'ECONNRESET' }));
  });

  function take(line: string): void {
    if (over !== null) return;
    const message = messageIn(line);
    if (message?.QMP !== undefined) greeted.resolve(undefined);
    else if (message?.event !== undefined) heard(message.event);
    else if (message?.id === undefined) fail(new Error('what it says is not QMP'));
    else if (message.error === undefined) waiting.get(message.id)?.resolve(message.return);
    else waiting.get(message.id)?.reject(new DomainRefusal(message.error.desc));
  }

  /** Gives the reason that was first. */
  function fail(reason: Error): Error {
    over ??= reason;
    connection.end();
    for (const each of [greeted, ...waiting.values()]) each.reject(over);
    return over;
  }

  async function execute(command: string, args: object = {}): Promise<unknown> {
    if (over !== null) throw over;
    const answer = Promise.withResolvers<unknown>();
    lastId += 1;
    const id = lastId;
    waiting.set(id, answer);
    connection.say(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    return inTime(answer.promise).finally(() => waiting.delete(id));
  }

  async function inTime(answer: Promise<unknown>): Promise<unknown> {
    const answered = new AbortController();
    host.sleep(limitMs, answered.signal).then(
      () => void fail(new Error(`it did not answer within ${limitMs / 1000} s`)),
      () => {},
    );
    return answer.finally(() => answered.abort());
  }

  try {
    await inTime(greeted.promise);
    await execute('qmp_capabilities');
  } catch (error) {
    connection.end();
    throw error;
  }
  return { execute, ended };
}

/** QEMU opens a USB device, which may be slow to answer, before it says anything else. */
const limitMs = 10_000;
/** In characters; the longest answer to what we ask has a few thousand. */
const longestLine = 2 ** 20;

const message = z.object({
  QMP: z.object({}).optional(),
  event: z.string().optional(),
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});

/** Null for what is no message. */
function messageIn(line: string): z.infer<typeof message> | null {
  try {
    return message.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
