/** Which graphics card Xorg was told to use. */
import type { ReadFiles } from '../host/ports.ts';
import { namesIn, unlessGone } from './attributes.ts';
import { printable } from '../printable.ts';

export interface XorgDevice {
  file: string;
  /** `0000:01:00.0`. */
  address: string;
}

/** Every `BusID "PCI:1:0:0"` in its configuration, where the numbers are decimal. */
export async function xorgDevices(host: ReadFiles): Promise<XorgDevice[]> {
  const folders = ['/etc/X11/xorg.conf.d', '/usr/share/X11/xorg.conf.d'];
  const files = ['/etc/X11/xorg.conf'];
  for (const folder of folders) {
    for (const name of await namesIn(host, folder)) {
      if (name.endsWith('.conf')) files.push(`${folder}/${name}`);
    }
  }
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: (await unlessGone(host.readText(file))) ?? '' })),
  );
  return texts.flatMap(({ file, text }) =>
    [...text.matchAll(busId)].map(([, bus, domain = '0', slot, part]) => ({
      file: printable(file),
      address: `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${hex(part, 1)}`,
    })),
  );
}

/** `PCI:1:0:0`, or `PCI:1@0:0:0` with a domain. */
const busId = /^[ \t]*BusID[ \t]+"PCI:(\d{1,3})(?:@(\d{1,5}))?:(\d{1,2}):(\d)"/gim;

function hex(decimal: string | undefined, digits: number): string {
  return Number(decimal).toString(16).padStart(digits, '0');
}
