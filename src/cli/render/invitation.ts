import { isLoopback } from '../../config/endpoint.ts';
import { parsePairingString } from '../../guest/pairing-string.ts';
import { isLinkLocal } from '../../server/addresses.ts';
import type { Result } from '../../server/protocol.ts';
import { localTime } from '../../server/words/time.ts';

/** The string alone on the first line; below it how long it is good, and what to do with it. */
export function invitationLines(
  { pairing: [best = '', ...others], expires }: Result<'guest.pair'>,
  now: number,
): string[] {
  const unreached = outOfReach(best);
  return [
    best,
    '',
    `${goodFor(expires, now)} In the guest, run:`,
    `  Linux:    handglass guest pair '${best}'`,
    `  Windows:  handglass-guest pair "${best}"`,
    ...(others.length === 0 ? [] : ['', unreachable]),
    ...others.map((other) => `  ${other}`),
    ...(unreached.length === 0 ? [] : ['', ...unreached]),
  ];
}

/** What there is to say where guests cannot use the string; nothing where they can. */
export function outOfReach(string: string): string[] {
  const { address } = parsePairingString(string);
  const why = isLoopback(address)
    ? 'Only this machine itself reaches that address'
    : isLinkLocal(address) &&
      'A guest reaches that address only by an interface of its own, which the string cannot name';
  return why ? [`${why}, and the service listens on no other now:`, howToListen] : [];
}

const howToListen = '`listen` of [server] in the configuration names where guests can call.';

export const unreachable = 'If that address cannot be reached from there:';

/** A sentence on what is good once. */
export function goodFor(expires: string, now: number): string {
  const minutes = Math.round((Date.parse(expires) - now) / 60_000);
  return `It is good once, for ${minutes} minutes (until ${localTime(new Date(expires))}).`;
}
