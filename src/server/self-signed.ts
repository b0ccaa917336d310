/** Makes certificates. Loaded only where one is due, which is once in most of a year. */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/**
 * A certificate for this key on the curve P-256, in PEM.
 *
 * @param key in PEM (PKCS #8)
 * @param from and `until` are milliseconds since the epoch
 */
export async function selfSigned(key: string, from: number, until: number): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=handglass',
    notBefore: new Date(from),
    notAfter: new Date(until),
    signingAlgorithm: algorithm,
    keys: await keyPair(key),
    // Clients go by the key alone. These are here because some refuse to read a certificate without.
    extensions: [
      new BasicConstraintsExtension(false),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'handglass' }]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

async function keyPair(key: string): Promise<webcrypto.CryptoKeyPair> {
  const secret = createPrivateKey(key);
  const pkcs8 = secret.export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const { subtle } = webcrypto;
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}
