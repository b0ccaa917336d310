/**
 * Phantoms: libvirt and QEMU keep a device that was pulled out while a domain had it, and it holds
 * one of the domain's ports until it is detached by its alias.
 */
import {
  detachOne,
  hasOurAlias,
  holds,
  type Hostdevs,
  type UsbHostdev,
} from '../domain/usb-hostdev.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Holdings, Look } from './ground.ts';

/** Whether a domain has this by our doing, and the machine has it no more. */
export function isPhantom(
  hostdev: UsbHostdev,
  present: readonly UsbDevice[],
): hostdev is UsbHostdev & { alias: string } {
  return hasOurAlias(hostdev) && !present.some((device) => holds([hostdev], device));
}

/**
 * Detaches every phantom that a domain has; gives whether it had any.
 *
 * @param known what the machine and the domain had last, where nothing has gone to the domain since
 */
export async function clearPhantoms(
  look: Look,
  hostdevs: Hostdevs,
  domain: string,
  known: Holdings | null,
): Promise<boolean> {
  // In this order: what the domain has and is plugged in at all is seen to be.
  const attached = known?.attached ?? (await hostdevs.attached(domain));
  const present = known?.present ?? (await look());
  const absent = attached.filter((hostdev) => isPhantom(hostdev, present));
  if (absent.length === 0) return false;
  // A running guest is not to lose what a single look has missed.
  const again = await look();
  const phantoms = absent.filter((hostdev) => isPhantom(hostdev, again));
  for (const { alias } of phantoms) await detachOne(hostdevs, domain, alias);
  return phantoms.length > 0;
}
