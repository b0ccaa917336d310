import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aliasFor } from '../../src/domain/usb-hostdev.ts';
import { parseUsbHostdevs, usbHostdevXml } from '../../src/libvirt/usb-hostdev.ts';
import { golden } from './golden.ts';

const domainWith = (devices: string) =>
  `<domain type='kvm' id='1'><devices>${devices}</devices></domain>`;

test('the XML for libvirt names the device by ids and address, and marks it as ours', () => {
  const device = { port: '1-2.3', bus: 1, device: 7, vendor: '1532', product: '0037' };
  expect(usbHostdevXml(device)).toBe(`<hostdev mode='subsystem' type='usb' managed='no'>
  <source>
    <vendor id='0x1532'/>
    <product id='0x0037'/>
    <address bus='1' device='7'/>
  </source>
  <alias name='ua-handglass-1-2_3'/>
</hostdev>
`);
});

test('what is written for libvirt is read back the same', () => {
  const hexId = fc.stringMatching(/^[0-9a-f]{4}$/);
  const port = fc.stringMatching(/^[1-9]\d?-[1-9]\d?(\.[1-9]\d?){0,4}$/);
  const number = fc.integer({ min: 1, max: 127 });
  const device = fc.record({ port, bus: number, device: number, vendor: hexId, product: hexId });
  fc.assert(
    fc.property(fc.array(device), (devices) => {
      const read = parseUsbHostdevs(domainWith(devices.map(usbHostdevXml).join('')));
      expect(read).toEqual(
        devices.map((each) => ({ bus: each.bus, device: each.device, alias: aliasFor(each.port) })),
      );
    }),
  );
});

test.each([
  { port: '1-2', alias: 'ua-handglass-1-2', reason: 'it is on a root hub' },
  { port: '1-2.3.4', alias: 'ua-handglass-1-2_3_4', reason: 'it is behind hubs' },
  { port: '12-10', alias: 'ua-handglass-12-10', reason: 'numbers have two digits' },
])('the alias for $port is $alias when $reason', ({ port, alias }) => {
  expect(aliasFor(port)).toBe(alias);
});

test('the hostdev in the XML of a real running domain is found', async () => {
  expect(parseUsbHostdevs(await golden('domain-with-usb-hostdev.xml'))).toEqual([
    { bus: 1, device: 3, alias: 'ua-handglass-1-2' },
  ]);
});

test.each([
  { xml: domainWith(''), found: [], reason: 'there is none' },
  { xml: `<domain id='1'/>`, found: [], reason: 'there are no devices' },
  {
    xml: domainWith(
      `<hostdev mode='subsystem' type='pci'><source><address bus='0x06' slot='0x00'/></source></hostdev>`,
    ),
    found: [],
    reason: 'it is a PCI device',
  },
  {
    xml: domainWith(
      `<hostdev mode='subsystem' type='usb'><source startupPolicy='optional'><vendor id='0x1'/></source></hostdev>`,
    ),
    found: [],
    reason: 'it was absent when the domain started',
  },
  {
    xml: domainWith(
      `<hostdev type='usb'><source><address bus='1' device='3'/></source><address type='usb' bus='0' port='1'/></hostdev>`,
    ),
    found: [{ bus: 1, device: 3, alias: null }],
    reason: 'libvirt gave no alias',
  },
  {
    xml: domainWith(
      `<hostdev type="usb"><source><address device="3" bus="1"/></source><alias name="it's &quot;a&quot; &amp; b"/></hostdev>`,
    ),
    found: [{ bus: 1, device: 3, alias: 'it\'s "a" & b' }],
    reason: 'quotes and entities are of the other kind',
  },
  {
    xml: `<domain id='1'><metadata><hostdev type='usb'><source><address bus='1' device='3'/></source></hostdev></metadata></domain>`,
    found: [],
    reason: "it is in someone's metadata",
  },
])('USB hostdevs are $found when $reason', ({ xml, found }) => {
  expect(parseUsbHostdevs(xml)).toEqual(found);
});

test('what is no XML is refused', () => {
  expect(() => parseUsbHostdevs('error: no domain')).toThrow();
});
