import { existsSync } from 'node:fs';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import type { ReadInterfaces } from './ports.ts';

export const interfaces: ReadInterfaces = {
  addressesOf(name) {
    const found = networkInterfaces()[name];
    if (found !== undefined) return found.map((info) => addressIn(info, name));
    return existsSync(`/sys/class/net/${name}`) ? [] : null;
  },
  addresses: () =>
    Object.entries(networkInterfaces()).flatMap(([name, found = []]) =>
      found.filter(({ internal }) => !internal).map((info) => addressIn(info, name)),
    ),
};

function addressIn(info: NetworkInterfaceInfo, name: string): string {
  return info.family === 'IPv6' && info.scopeid !== 0 ? `${info.address}%${name}` : info.address;
}
