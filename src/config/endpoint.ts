import { z } from 'zod';

/** Where the server listens. */
export interface Endpoint {
  /** IPv4, or IPv6 without brackets. */
  address: string;
  port: number;
}

/** Reads `192.168.122.1:18503` and `[fd00::1]:18503`. Names are not looked up: null. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[(?<six>.+)\]|(?<four>[^:]+)):(?<port>[1-9]\d{0,4})$/.exec(text)?.groups;
  if (match === undefined) return null;
  const { six, four } = match;
  const address = six === undefined ? z.ipv4().safeParse(four) : z.ipv6().safeParse(six);
  const port = Number(match['port']);
  return address.success && port <= 65_535 ? { address: address.data, port } : null;
}
