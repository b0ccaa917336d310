/** What is to be known before a USB device moves. */
import { isAway } from '../domain/domain.ts';
import type { Hostdevs, UsbHostdev, UsbPorts } from '../domain/usb-hostdev.ts';
import { reasonOf } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Refusal } from './refusals.ts';
import { failed } from './rollback.ts';
import type { Staying } from './selector.ts';

/** The USB devices to choose from, as they are now. */
export type Look = () => Promise<UsbDevice[]>;

/** What a domain has. */
export interface Having {
  attached: readonly UsbHostdev[];
  /** Null where nothing tells of them. */
  ports: UsbPorts | null;
}

/** What the machine and the domain have. */
export interface Holdings extends Having {
  present: readonly UsbDevice[];
}

/** By which it is decided what goes. */
export interface Ground extends Holdings {
  /** What the seats read. */
  sources: Staying;
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
  const [present, having] = await Promise.all([look(), readHaving(hostdevs, domain)]);
  return { present, ...having };
}

/** Fails as `readHoldings` does. */
export async function readHaving(
  hostdevs: Pick<Hostdevs, 'usbOf'>,
  domain: string,
): Promise<Having> {
  try {
    const { hostdevs: attached, ports } = await hostdevs.usbOf(domain);
    return { attached, ports };
  } catch (error) {
    if (isAway(error)) throw error;
    throw failed(`What ${domain} has cannot be read`, [reasonOf(error)], error);
  }
}
