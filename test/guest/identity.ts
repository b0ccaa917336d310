import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { spkiPin } from '../../src/server/pin.ts';
import { selfSigned } from '../../src/server/self-signed.ts';

export interface Identity {
  key: string;
  cert: string;
  pin: string;
}

/** A key, or this one, and a new certificate for it. */
export async function newIdentity(key = newKey()): Promise<Identity> {
  const now = Date.now();
  const cert = await selfSigned(key, now - dayMs, now + dayMs);
  return { key, cert, pin: spkiPin(createPublicKey(key)) };
}

const dayMs = 24 * 3_600_000;

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' });
}
