/** IP addresses as text. */

/** `192.168.122.1:18503`, or `[fd00::1]:18503`. */
export function socketName(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** An address of a socket as people write it: no IPv4 in IPv6's clothes, no zone. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
}

/** Whether it is good only between neighbours, and only together with an interface. */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}
