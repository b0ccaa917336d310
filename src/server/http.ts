/**
 * Node's http and https. To import them by name would run all of their getters, one of which loads the
 * client behind `fetch`: 4 MB for as long as the service lives.
 */
import type { RequestListener } from 'node:http';
import type { Server, ServerOptions } from 'node:https';

export const { createServer, get } = process.getBuiltinModule('node:http');

/** TLS is loaded only where an address needs it. */
export function createSecureServer(options: ServerOptions, listener?: RequestListener): Server {
  return process.getBuiltinModule('node:https').createServer(options, listener);
}
