/**
 * USB devices in a domain's XML:
 *
 *     <hostdev mode='subsystem' type='usb' managed='no'>
 *       <source>
 *         <vendor id='0x1532'/>
 *         <product id='0x0037'/>
 *         <address bus='1' device='7'/>
 *       </source>
 *       <alias name='ua-handglass-1-2_3'/>
 *     </hostdev>
 *
 * With both ids and address libvirt attaches this device or none (by ids alone it
 * refuses two of a kind, by address alone it takes whatever sits there).
 */
import type { XmlElement } from '@rgrove/parse-xml';
import { aliasFor, isSameDevice, type UsbAddress, type UsbHostdev } from '../domain/usb-hostdev.ts';
import { childrenOf, rootOf } from './xml-children.ts';

export function usbHostdevXml({ port, bus, device, vendor, product }: UsbAddress): string {
  return `<hostdev mode='subsystem' type='usb' managed='no'>
  <source>
    <vendor id='0x${vendor}'/>
    <product id='0x${product}'/>
    <address bus='${bus}' device='${device}'/>
  </source>
  <alias name='${aliasFor(port)}'/>
</hostdev>
`;
}

/** A device of the host as a domain's XML names it: by ids, by address, or by both. */
export interface NamedUsb {
  ids: { vendor: string; product: string } | null;
  address: { bus: number; device: number } | null;
  alias: string | null;
}

/** Whether it is this device. */
export function isNamed(
  { ids, address }: NamedUsb,
  device: Pick<UsbAddress, 'vendor' | 'product' | 'bus' | 'device'>,
): boolean {
  if (ids === null && address === null) return false;
  const { vendor, product } = device;
  return (
    (ids === null || (ids.vendor === vendor && ids.product === product)) &&
    (address === null || isSameDevice(address, device))
  );
}

/**
 * The USB host devices that a domain has now. One that does not run has none, and no id: its XML
 * says what it will start with.
 */
export function parseUsbHostdevs(domainXml: string): UsbHostdev[] {
  const root = rootOf(domainXml);
  if (root?.attributes['id'] === undefined) return [];
  return namedUsbIn(root).flatMap(({ address, alias }) =>
    address === null ? [] : { ...address, alias },
  );
}

/** Those that the XML of a domain names, whether it runs or not. */
export function namedUsbIn(root: XmlElement): NamedUsb[] {
  return childrenOf(root, 'devices')
    .flatMap((element) => childrenOf(element, 'hostdev'))
    .filter(({ attributes }) => attributes['type'] === 'usb')
    .map((hostdev) => {
      const source = (name: string) =>
        childrenOf(hostdev, 'source')
          .flatMap((element) => childrenOf(element, name))
          .at(0)?.attributes;
      return {
        ids: idsFrom(source('vendor')?.['id'], source('product')?.['id']),
        address: addressFrom(source('address')),
        alias: childrenOf(hostdev, 'alias').at(0)?.attributes['name'] ?? null,
      };
    });
}

function idsFrom(vendor: string | undefined, product: string | undefined): NamedUsb['ids'] {
  if (vendor === undefined || product === undefined) return null;
  return { vendor: fourDigits(vendor), product: fourDigits(product) };
}

function fourDigits(id: string): string {
  return id.replace(/^0x/i, '').toLowerCase().padStart(4, '0');
}

function addressFrom(attributes: Record<string, string> = {}): NamedUsb['address'] {
  const { bus, device } = attributes;
  if (bus === undefined || device === undefined) return null;
  return { bus: Number(bus), device: Number(device) };
}
