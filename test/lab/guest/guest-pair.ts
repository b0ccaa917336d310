/** Pairs a guest, from a network of its own: guest-pair.ts STRING. Prints its token. */
import { connect } from '../../../src/server/client.ts';
import { anyCertificate } from './any-certificate.ts';

const { host, searchParams } = new URL(process.argv[2] ?? '');
anyCertificate();
const client = await connect(`wss://${host}/`);
const code = searchParams.get('code') ?? '';
console.log((await client.call('session.authenticate', { code })).token);
await client.close();
