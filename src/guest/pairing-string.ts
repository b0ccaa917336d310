import { isLoopback, parseEndpoint } from '../config/endpoint.ts';
import { HandglassError } from '../errors.ts';

/** Where a guest finds its host, and by what it knows it. */
export interface Place {
  /** IPv4, or IPv6 without brackets. */
  address: string;
  port: number;
  /** Of the host's certificate; null on this machine itself, where no TLS is spoken. */
  pin: string | null;
}

export interface Pairing extends Place {
  /** Good once. */
  code: string;
}

const scheme = 'handglass://';

/** Whether it is to be a pairing string, right or wrong. No domain is called so. */
export function isPairingString(text: string): boolean {
  return text.includes('://');
}

/**
 * Reads `handglass://192.168.122.1:18503/?pin=PIN&code=CODE`. Other parameters are left for later
 * versions.
 *
 * @throws HandglassError `usage` that says what is wrong with it, and never shows its code
 */
export function parsePairingString(text: string): Pairing {
  const [, place = '', query] = /^handglass:\/\/([^/?#]*)\/\?(.*)$/.exec(text.trim()) ?? [];
  if (query === undefined) throw wrong(`it is not of the form ${form}`);
  const endpoint = parseEndpoint(place);
  if (endpoint === null) {
    throw wrong(`"${place}" is no IP address with a port, such as 192.168.122.1:18503`);
  }
  const parameters = new URLSearchParams(query);
  const code = parameter(parameters, 'code', codeLength);
  if (code === null)
    throw wrong('it has no code; a shell cuts off what stands behind an & outside quotes');
  const pin = parameter(parameters, 'pin', pinLength);
  if (pin === null && !isLoopback(endpoint.address)) {
    throw wrong('it has no pin, without which nobody knows whether it is the host that answers');
  }
  return { ...endpoint, pin, code };
}

const form = `${scheme}ADDRESS:PORT/?pin=PIN&code=CODE`;
/** 128 random bits and a SHA-256, in base64url. */
const codeLength = 22;
const pinLength = 43;

function parameter(from: URLSearchParams, name: string, length: number): string | null {
  const [value, second] = from.getAll(name);
  if (value === undefined) return null;
  if (second !== undefined) throw wrong(`it has more than one ${name}`);
  if (!new RegExp(`^[\\w-]{${length}}$`).test(value)) {
    throw wrong(`its ${name} has not the ${length} letters, digits, - and _ that one has`);
  }
  return value;
}

function wrong(why: string): HandglassError {
  return new HandglassError(
    'usage',
    `That pairing string cannot be used: ${why}.`,
    'Copy the whole line that `handglass guest pair DOMAIN` prints on the host, in quotes.',
  );
}
