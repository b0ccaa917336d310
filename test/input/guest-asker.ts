/**
 * Asks, as the guest that is paired by this file, for the seat "desk" again and again:
 * guest-asker.ts FILE. Prints the owner, or the code of the failure, whenever it is another, until its
 * input ends.
 */
import { HandglassError } from '../../src/errors.ts';
import { connectToHost } from '../../src/guest/connection.ts';
import { readGuestPairing } from '../../src/guest/state-file.ts';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';

const [path = ''] = process.argv.slice(2);
const pairing = await readGuestPairing(
  filesUnder('/', () => {}),
  path,
);
const client = await connectToHost(clock, pairing);

process.stdin.resume().once('end', () => process.exit());
let last = '';
for (;;) {
  const answer = await give().catch(codeOf);
  if (answer !== last) console.log(answer);
  last = answer;
}

async function give(): Promise<string> {
  return (await client.call('seat.give', { seat: 'desk', to: pairing.domain })).owner;
}

function codeOf(error: unknown): string {
  if (error instanceof HandglassError) return error.code;
  throw error;
}
