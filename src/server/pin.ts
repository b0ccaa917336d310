import { createHash, type KeyObject } from 'node:crypto';

/**
 * What a client remembers of a service: the SHA-256 of its public key (DER SubjectPublicKeyInfo), as
 * 43 characters of base64url. A certificate that is renewed with the same key has the same pin.
 */
export function spkiPin(publicKey: KeyObject): string {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return createHash('sha256').update(spki).digest('base64url');
}
