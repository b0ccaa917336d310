/**
 * JSON-RPC 2.0's envelope: text in, a request or what is wrong with it out; and the answers' text.
 *
 *     {"jsonrpc":"2.0","id":1,"method":"seat.toggle","params":{}}   a request
 *     {"jsonrpc":"2.0","method":"seat.toggle"}                      a notification: no answer, ever
 *     {"jsonrpc":"2.0","id":null,"error":{…}}                       answers what had no readable id
 *
 * What is not a request at all is answered under the id null, as the standard says, and so is a
 * request whose id cannot be read.
 */
import { z } from 'zod';
import { HandglassError } from '../errors.ts';
import { errorNumbers, faultNumbers, type FaultCode } from './protocol.ts';

export type Id = string | number | null;

export interface Request {
  /** Undefined in a notification. */
  id: Id | undefined;
  method: string;
  params: unknown;
}

export interface ErrorObject {
  code: number;
  message: string;
  data: { code: string; remedy: string };
}

/** A request, or the error to answer with and the id to answer to. */
export type Decoded = { request: Request } | { id: Id; error: ErrorObject };

export function decode(text: string): Decoded {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const error = fault(
      'parse-error',
      'The message is not JSON.',
      'Send one JSON-RPC 2.0 request.',
    );
    return { id: null, error };
  }
  if (Array.isArray(value)) {
    const error = fault('invalid-request', 'Batches are refused.', 'Send each request by itself.');
    return { id: null, error };
  }
  const parsed = requestSchema.safeParse(value);
  if (parsed.success) {
    const { id, method, params } = parsed.data;
    return { request: { id, method, params: params ?? {} } };
  }
  const what = `The message is no JSON-RPC 2.0 request: ${explain(parsed.error)}.`;
  return { id: withId.safeParse(value).data?.id ?? null, error: fault('invalid-request', what) };
}

export function encodeResult(id: Id, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id, result });
}

export function encodeError(id: Id, error: ErrorObject): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error });
}

export function encodeNotification(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}

/** What is wrong with a message itself. */
export function fault(code: FaultCode, message: string, remedy = ''): ErrorObject {
  return { code: faultNumbers[code], message, data: { code, remedy } };
}

/** Any failure as an error object. One that is no HandglassError keeps its reason from the peer. */
export function errorObject(error: unknown): ErrorObject {
  if (!(error instanceof HandglassError)) {
    return errorObject(unforeseen);
  }
  const { code, what, remedy } = error;
  return { code: errorNumbers[code], message: what, data: { code, remedy } };
}

/** What zod found, each with its place: `seat: Invalid input: …; to: …`. */
export function explain(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}

const unforeseen = new HandglassError(
  'internal',
  'The service failed in a way that it does not know.',
  'Its journal has the reason: run `journalctl -u handglass` on the host.',
);

const idSchema = z.union([z.string(), z.number(), z.null()]);

const requestSchema = z.object({
  jsonrpc: z.literal('2.0'),
  id: idSchema.optional(),
  method: z.string(),
  params: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
});

const withId = z.object({ id: idSchema });
