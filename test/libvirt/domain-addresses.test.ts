import { expect, test } from 'vitest';
import { addressesOfDomain, parseAddresses } from '../../src/libvirt/domain-addresses.ts';
import { refused, scriptedVirsh, unavailable } from './scripted-virsh.ts';

const table = (...lines: string[]) =>
  [
    ' Name       MAC address          Protocol     Address',
    '-------------------------------------------------------------------------------',
    ...lines,
    '',
  ].join('\n');

const lease = table(
  ' vnet0      52:54:00:11:22:33    ipv4         192.168.122.50/24',
  ' -          -                    ipv6         fd00::50/64',
);

test('every address of the table is read, whatever its interface is called', () => {
  expect(parseAddresses(lease)).toEqual(['192.168.122.50', 'fd00::50']);
  expect(parseAddresses(lease.split('\n').slice(2).join('\n'))).toHaveLength(2);
  expect(parseAddresses(table())).toEqual([]);
  expect(parseAddresses('')).toEqual([]);
});

test('leases and what the host has heard count together', async () => {
  const heard = table(' vnet0      52:54:00:11:22:33    ipv4         192.168.122.51/0');
  const { virsh, commands } = scriptedVirsh({ domifaddr: [lease, heard] });
  expect(await addressesOfDomain(virsh, 'win10')).toEqual([
    '192.168.122.50',
    'fd00::50',
    '192.168.122.51',
  ]);
  expect(commands).toEqual([
    ['domifaddr', 'win10', '--source', 'lease'],
    ['domifaddr', 'win10', '--source', 'arp'],
  ]);
});

test('a domain that does not run has none', async () => {
  const { virsh } = scriptedVirsh({ domifaddr: [refused('domain is not running')] });
  expect(await addressesOfDomain(virsh, 'win10')).toEqual([]);
});

test('that libvirt is away is told', async () => {
  const { virsh } = scriptedVirsh({ domifaddr: [unavailable] });
  await expect(addressesOfDomain(virsh, 'win10')).rejects.toBe(unavailable);
});
