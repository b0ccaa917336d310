/**
 * Node's http. To import it by name would run all of its getters, one of which loads the client
 * behind `fetch`: 4 MB for as long as the service lives.
 */
export const { createServer, get } = process.getBuiltinModule('node:http');
