/** IP addresses as text: IPv6 without brackets, and without a zone where nothing else is said. */

/** Whether only this machine itself can come from or reach the address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/** `192.168.122.1:18503`, or `[fd00::1]:18503`. */
export function socketName(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** An address of a socket as people write it: no IPv4 in IPv6's clothes, no zone. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '');
}
