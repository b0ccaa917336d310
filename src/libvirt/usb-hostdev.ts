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
import { aliasFor, type UsbAddress, type UsbHostdev } from '../domain/usb-hostdev.ts';
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

/**
 * The USB host devices that a domain has now. One that does not run has none, and no id: its XML
 * says what it will start with.
 */
export function parseUsbHostdevs(domainXml: string): UsbHostdev[] {
  const root = rootOf(domainXml);
  if (root?.attributes['id'] === undefined) return [];
  return childrenOf(root, 'devices')
    .flatMap((element) => childrenOf(element, 'hostdev'))
    .filter(({ attributes }) => attributes['type'] === 'usb')
    .flatMap((hostdev) => {
      const address = childrenOf(hostdev, 'source')
        .flatMap((source) => childrenOf(source, 'address'))
        .at(0)?.attributes;
      if (address?.['bus'] === undefined || address['device'] === undefined) return [];
      return {
        bus: Number(address['bus']),
        device: Number(address['device']),
        alias: childrenOf(hostdev, 'alias').at(0)?.attributes['name'] ?? null,
      };
    });
}
