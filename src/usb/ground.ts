/** What is to be known before a USB device moves. */
import { isAway } from '../domain/domain.ts';
import type { Hostdevs, UsbHostdev, UsbPorts } from '../domain/usb-hostdev.ts';
import { reasonOf } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Refusal } from './refusals.ts';
import { failed } from './rollback.ts';

/** The USB devices to choose from, as they are now. */
export type Look = () => Promise<UsbDevice[]>;

/** What the machine and the domain have. */
export interface Holdings {
  present: readonly UsbDevice[];
  /** Of the domain. */
  attached: readonly UsbHostdev[];
  /** Null where nothing tells of them. */
  ports: UsbPorts | null;
}

/** By which it is decided what goes. */
export interface Ground extends Holdings {
  /** Why the host cannot do without these devices together. */
  refusalsOf: (leaving: readonly UsbDevice[]) => Refusal[];
}

/**
 * Fails with `handoff-failed` where the domain cannot be read, and with what the machine or nobody to
 * ask says.
 */
export async function readHoldings(
  look: Look,
  hostdevs: Pick<Hostdevs, 'usbOf'>,
  domain: string,
): Promise<Holdings> {
  const [present, { hostdevs: attached, ports }] = await Promise.all([
    look(),
    usbOf(hostdevs, domain),
  ]);
  return { present, attached, ports };
}

async function usbOf(
  hostdevs: Pick<Hostdevs, 'usbOf'>,
  domain: string,
): ReturnType<Hostdevs['usbOf']> {
  try {
    return await hostdevs.usbOf(domain);
  } catch (error) {
    if (isAway(error)) throw error;
    throw failed(`What ${domain} has cannot be read`, [reasonOf(error)], error);
  }
}
