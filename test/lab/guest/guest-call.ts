/**
 * A guest's call, from a network of its own: guest-call.ts ADDRESS TOKEN SEAT TARGET [for-ever]. The
 * address is that of the service as guests see it. Prints the owner then; for ever, asks again and
 * again until its input ends, and prints the owner or the code of the failure when it is another.
 */
import { HandglassError } from '../../../src/errors.ts';
import { connect } from '../../../src/server/client.ts';
import { anyCertificate } from './any-certificate.ts';

const [address = '', token = '', seat = '', to = '', mode = ''] = process.argv.slice(2);
anyCertificate();
const client = await connect(`wss://${address}/`, { token });
const give = async () => (await client.call('seat.give', { seat, to })).owner;

if (mode === 'for-ever') {
  process.stdin.resume().once('end', () => process.exit());
  let last = '';
  for (;;) {
    const answer = await give().catch(codeOf);
    if (answer !== last) console.log(answer);
    last = answer;
  }
}
console.log(await give());
await client.close();

function codeOf(error: unknown): string {
  if (error instanceof HandglassError) return error.code;
  throw error;
}
