/** What the kernel shows without a driver of the card: the firmware's own framebuffer, while it lasts. */
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, unlessGone } from './attributes.ts';
import { boundedMap } from './bounded.ts';
import { pciAddressIn } from './pci-address.ts';
import type { PciDevice } from './pci.ts';
import { printable } from '../printable.ts';

export interface FirmwareScreen {
  /** The card whose memory it is in. */
  address: string;
  /** As the kernel calls it: `EFI VGA`, `simpledrmdrmfb`. */
  name: string;
}

/** Of kernels that do not tell whose it is, it is taken for that of the card that the machine started on. */
export async function firmwareScreens(
  host: ReadFiles,
  devices: readonly PciDevice[],
): Promise<FirmwareScreen[]> {
  const names = (await namesIn(host, folder)).filter((name) => /^fb\d+$/.test(name));
  const bootCard = devices.find(({ bootVga }) => bootVga === true)?.address ?? null;
  const found = await boundedMap(names, 8, async (framebuffer) => {
    const name = await unlessGone(attribute(host, `${folder}/${framebuffer}/name`));
    if (name === null || !ofFirmware.test(name)) return [];
    const place = await unlessGone(host.readLink(`${folder}/${framebuffer}`));
    const address = pciAddressIn(place ?? '') ?? bootCard;
    return address === null ? [] : [{ address, name: printable(name) }];
  });
  return found.flat();
}

const folder = '/sys/class/graphics';

/** Linux's efifb, vesafb and simplefb, and the drivers of DRM that take their place. */
const ofFirmware = /^(EFI VGA|VESA VGA|simple|(simple|efi|vesa)drm.*)$/;
