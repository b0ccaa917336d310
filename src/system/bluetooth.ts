/**
 * What Bluetooth adapters are, and what is on them. On which of several adapters a device is cannot be
 * told: it says the adapter's address, which /sys has no more (net/bluetooth/hci_sysfs.c).
 */
import type { InputDevice } from './input.ts';
import type { UsbDevice } from './usb.ts';

/** Phones that share their network by RNDIS have the class too, and some adapters have another. */
export function isBluetoothAdapter({ classes, drivers }: UsbDevice): boolean {
  const isWireless = classes.includes(wirelessController) && !drivers.includes('rndis_host');
  return isWireless || drivers.includes('btusb');
}

export function isOnBluetooth({ port, phys }: InputDevice): boolean {
  return port === null && /^([\da-f]{2}:){5}/i.test(phys);
}

const wirelessController = 'e0';
