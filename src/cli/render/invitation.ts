import type { Result } from '../../server/protocol.ts';
import { localTime } from '../../server/words/time.ts';

/** The string alone on the first line; below it how long it is good, and what to do with it. */
export function invitationLines(
  { pairing: [best = '', ...others], expires }: Result<'guest.pair'>,
  now: number,
): string[] {
  return [
    best,
    '',
    `${goodFor(expires, now)} In the guest, run:`,
    `  Linux:    handglass guest pair '${best}'`,
    `  Windows:  handglass-guest pair "${best}"`,
    ...(others.length === 0 ? [] : ['', 'If that address cannot be reached from there:']),
    ...others.map((other) => `  ${other}`),
  ];
}

/** A sentence on what is good once. */
export function goodFor(expires: string, now: number): string {
  const minutes = Math.round((Date.parse(expires) - now) / 60_000);
  return `It is good once, for ${minutes} minutes (until ${localTime(new Date(expires))}).`;
}
