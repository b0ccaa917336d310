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

/**
 * What counts as one caller, whatever address it takes next: an IPv4 address, or the /64 of an IPv6
 * one, all of which a single machine may use (RFC 8981). `fd00::7` is in `fd00:0:0:0`.
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = [], tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array.from({ length: zeros }, () => '0'), ...(tail ?? [])]
    .slice(0, 4)
    .join(':');
}
