import { z } from 'zod';

/** An address where the server listens. */
export interface Endpoint {
  /** IPv4, or IPv6 without brackets. */
  address: string;
  port: number;
}

/** Every address of a network interface, whatever they are at the time. */
export interface InterfaceEndpoint {
  interface: string;
  port: number;
}

/** Reads `192.168.122.1:18503` and `[fd00::1]:18503`. Names are not looked up: null. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[(?<six>.+)\]|(?<four>[^:]+)):(?<port>\d+)$/.exec(text)?.groups;
  const port = parsePort(match?.['port']);
  if (match === undefined || port === null) return null;
  const { six, four } = match;
  const address = six === undefined ? z.ipv4().safeParse(four) : z.ipv6().safeParse(six);
  return address.success ? { address: address.data, port } : null;
}

/**
 * The same, and `virbr0:18503`. A name that begins with a digit is an address with a mistake in it far
 * more often than an interface, and so is `localhost`.
 */
export function parseListening(text: string): Endpoint | InterfaceEndpoint | null {
  const match = /^(?<name>(?!localhost:)[A-Za-z][^\s:/\p{Cc}]{0,14}):(?<port>\d+)$/u.exec(text);
  const port = parsePort(match?.groups?.['port']);
  const name = match?.groups?.['name'];
  if (name === undefined || port === null) return parseEndpoint(text);
  return { interface: name, port };
}

/** Reads an address that only this machine reaches; an empty text names none. */
export function parseLoopback(text: string): Endpoint[] | null {
  if (text === '') return [];
  const endpoint = parseEndpoint(text);
  return endpoint !== null && isLoopback(endpoint.address) ? [endpoint] : null;
}

/** Whether an address is one by which a machine reaches itself alone. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

function parsePort(digits: string | undefined): number | null {
  const port = /^[1-9]\d{0,4}$/.test(digits ?? '') ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
}
