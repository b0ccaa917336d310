/** The request that makes a websocket of a connection. */
export function upgradeRequest(host: string): string {
  return [
    'GET / HTTP/1.1',
    `Host: ${host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Version: 13',
    '\r\n',
  ].join('\r\n');
}
