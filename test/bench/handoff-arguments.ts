/** What the command line of `npm run bench:handoff` asks for. */
import { WrongUsage } from '../lab/failure.ts';
import { parseWords } from './words.ts';

export interface HandoffRequest {
  json: boolean;
  /** How often each contender gives and takes. */
  rounds: number;
}

export const help = `\
Measures how long a seat's USB devices take to a domain and back, by Handglass and by virsh.

  npm run bench:handoff -- [--json] [--rounds N]

  --json    an array of rows in place of the table
  --rounds  how often each contender gives and takes, 20 unless told, 15 at least

All of it happens in one boot of the virtual host, the contenders taking turns. virsh is one process
for each device, one after the other, and the service sleeps meanwhile; Handglass is the chord. Both
end when the kernel has unbound the last device's driver for the domain's QEMU, or bound it again. A
device plugged in anew was out for as long as a hand takes.

It fails where a median is more than 0.6 of virsh's for a device given, or 0.8 for one taken back, 0.5
and 0.7 for several; where a device plugged in anew takes more than 1,000 ms at p95; where a guest's call
takes 15 ms more at p95 than virsh, or what tells the panel of a chord's give, 15 ms more than virsh takes to
its end; and where the service at rest takes 0.1 % CPU.
`;

/** Throws WrongUsage. */
export function parseRequest(words: readonly string[]): HandoffRequest | 'help' {
  const { json, help: isHelp, rounds } = parseWords(words, { rounds: roundsOption }, help);
  if (isHelp) return 'help';
  if (!/^\d{2,3}$/.test(rounds) || Number(rounds) < fewestRounds) {
    throw new WrongUsage(`--rounds takes a number from ${fewestRounds} to 999, not '${rounds}'.`);
  }
  return { json, rounds: Number(rounds) };
}

const roundsOption = { type: 'string', default: '20' } as const;
/** Below that p95 would be the slowest. */
const fewestRounds = 15;
