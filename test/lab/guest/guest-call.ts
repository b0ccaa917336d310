/**
 * A guest's call, from a network of its own: guest-call.ts ADDRESS TOKEN SEAT TARGET. The address is
 * that of the service as guests see it; what is answered is printed.
 */
import { connect } from '../../../src/server/client.ts';

const [address = '', token = '', seat = '', to = ''] = process.argv.slice(2);
const client = await connect(`ws://${address}/`, { token });
console.log(JSON.stringify(await client.call('seat.give', { seat, to })));
await client.close();
