import type { UsbDevice } from '../../src/system/usb.ts';
import type { UsbUses } from '../../src/usb/refusals.ts';

/** A mouse on a port of its own, and what is other about this one. */
export function usbDevice(changes: Partial<UsbDevice> = {}): UsbDevice {
  const port = changes.port ?? '1-1';
  return {
    port,
    bus: Number(port.split('-')[0]),
    device: 2,
    vendor: '0627',
    product: '0001',
    serial: null,
    name: `Device ${port}`,
    classes: ['03'],
    isHub: false,
    controller: '0000:00:05.0',
    speedMbps: 480,
    drivers: ['usbhid'],
    driverless: [],
    ...changes,
  };
}

export function usbHub(port: string): UsbDevice {
  return usbDevice({ port, name: `Hub ${port}`, classes: ['09'], isHub: true, drivers: ['hub'] });
}

/** Of a machine without disks, whose seats have no input. */
export const noUses: UsbUses = { disks: new Map(), sources: new Map() };
