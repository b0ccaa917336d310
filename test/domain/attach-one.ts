import type { Hostdevs, UsbAddress } from '../../src/domain/usb-hostdev.ts';

/** Attaches one device; its failure is thrown. */
export async function attachOne(
  hostdevs: Pick<Hostdevs, 'attach'>,
  domain: string,
  device: UsbAddress,
): Promise<void> {
  const failures = await hostdevs.attach(domain, [device]);
  if (failures.has(device)) throw failures.get(device);
}
