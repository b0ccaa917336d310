/** Names of PCI vendors and devices, from the file that pciutils and systemd use too. */
import type { ReadFiles } from '../host/ports.ts';
import { unlessGone } from './attributes.ts';
import { printable } from '../printable.ts';

export interface PciNames {
  /** By the four digits of the vendor. */
  vendors: ReadonlyMap<string, string>;
  /** By vendor and device: `10de:13c2`. */
  devices: ReadonlyMap<string, string>;
}

/** Where distributions put it: Fedora, Arch and openSUSE, then Debian and its relatives. */
const places = ['/usr/share/hwdata/pci.ids', '/usr/share/misc/pci.ids'];

/** The names of these devices (`10de:13c2`) and of their vendors; none where the file is absent. */
export async function pciNames(host: ReadFiles, wanted: ReadonlySet<string>): Promise<PciNames> {
  for (const place of places) {
    const text = await unlessGone(host.readText(place));
    if (text !== null) return pciNamesIn(text, wanted);
  }
  return { vendors: new Map(), devices: new Map() };
}

/**
 * One walk over the lines, of which there are tens of thousands and a few dozen are of use. Vendors
 * stand alone, a vendor's devices follow behind one tab, subsystems behind two; classes end it all:
 *
 *     10de  NVIDIA Corporation
 *     	13c2  GM204 [GeForce GTX 970]
 *     		1043 8508  STRIX-GTX970-DC2OC-4GD5
 *     C 00  Unclassified device
 */
export function pciNamesIn(text: string, wanted: ReadonlySet<string>): PciNames {
  const wantedVendors = new Set([...wanted].map((id) => id.slice(0, 4)));
  const vendors = new Map<string, string>();
  const devices = new Map<string, string>();
  let vendor: string | null = null;
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    const newline = text.indexOf('\n', start);
    end = newline === -1 ? text.length : newline;
    const first = text[start];
    if (first === 'C') break;
    if (first !== '\t') {
      const id = text.slice(start, start + 4);
      vendor = wantedVendors.has(id) ? id : null;
      if (vendor !== null) vendors.set(vendor, nameIn(text, start + 4, end));
    } else if (vendor !== null && text[start + 1] !== '\t') {
      const id = `${vendor}:${text.slice(start + 1, start + 5)}`;
      if (wanted.has(id)) devices.set(id, nameIn(text, start + 5, end));
    }
  }
  return { vendors, devices };
}

function nameIn(text: string, start: number, end: number): string {
  return printable(text.slice(start, end).trim());
}
