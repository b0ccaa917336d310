/** What a connection begins with, and what it is told where that is no good. */
import { HandglassError } from '../errors.ts';
import type { Credentials } from './entrance.ts';
import { errorObject, type Decoded, type ErrorObject } from './json-rpc.ts';
import { methods } from './protocol.ts';

/** Undefined for a message that does not authenticate. */
export function credentialsIn(message: Decoded): Credentials | undefined {
  if ('error' in message || message.request.method !== 'session.authenticate') return undefined;
  return methods['session.authenticate'].params.safeParse(message.request.params).data;
}

export const authenticationComesFirst = unauthenticated(
  'The first message must be session.authenticate with a token or a code.',
);

/** Why a token or code is no good, of which nobody is told more. */
export function unknownCredentials(credentials: Credentials): ErrorObject {
  return unauthenticated(
    'token' in credentials
      ? 'The token is not known here.'
      : 'The code is not known here: it is good once, and for 10 minutes.',
  );
}

function unauthenticated(what: string): ErrorObject {
  const remedy = 'Pair this guest on the host with `handglass guest pair DOMAIN`.';
  return errorObject(new HandglassError('unauthenticated', what, remedy));
}
