/** What people call PCI devices. */
import { pciClassText } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import type { PciNames } from '../system/pci-ids.ts';

/** `NVIDIA GM204 [GeForce GTX 970]`; a device without a name is told by its ids. */
export function pciDeviceText(device: PciDevice, { vendors, devices }: PciNames): string {
  const ids = idsText(device);
  const vendor = vendors.get(device.vendor ?? '');
  const name = devices.get(ids);
  if (vendor === undefined) return name ?? `device ${ids}`;
  return `${shortVendor(vendor)} ${name ?? `device ${ids}`}`;
}

/** `10de:13c2`, with question marks for what could not be read. */
export function idsText({ vendor, device }: Pick<PciDevice, 'vendor' | 'device'>): string {
  return `${vendor ?? '????'}:${device ?? '????'}`;
}

/** `10de:13c2` of each device that a text names. */
export function idsIn(text: string): string[] {
  return text.toLowerCase().match(/\b[\da-f]{4}:[\da-f]{4}\b/g) ?? [];
}

export function classText(device: Pick<PciDevice, 'class'>): string {
  return device.class === null ? 'unknown kind' : pciClassText(device.class);
}

/** `AMD` for `Advanced Micro Devices, Inc. [AMD]`, and `Intel` for `Intel Corporation`. */
function shortVendor(name: string): string {
  const known = /\[([^\]]+)\]$/.exec(name)?.[1];
  if (known !== undefined) return known;
  const short = name.replace(
    /,?( (Electronics|Semiconductor|Technology|Technologies|Corporation|Corp\.?|Inc\.?|Ltd\.?|Co\.,?|Company|and subsidiaries|Systems)\b\.?,?)+.*$/,
    '',
  );
  return short === '' ? name : short;
}
