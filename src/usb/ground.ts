/** What is to be known before a USB device moves. */
import { isAway } from '../domain/domain.ts';
import type { Hostdevs, UsbHostdev, UsbPorts } from '../domain/usb-hostdev.ts';
import { reasonOf } from '../errors.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Refusal } from './refusals.ts';
import { failed } from './rollback.ts';

/** The USB devices to choose from, as they are now. */
export type Look = () => Promise<UsbDevice[]>;

/** What the machine and the domain have, by which it is decided what goes. */
export interface Ground {
  present: readonly UsbDevice[];
  /** Of the domain. */
  attached: readonly UsbHostdev[];
  /** Null where nothing tells of them. */
  ports: UsbPorts | null;
  /** Why the host cannot do without these devices together. */
  refusalsOf: (leaving: readonly UsbDevice[]) => Refusal[];
}

/**
 * Reads it. Fails with `handoff-failed` where the domain cannot be read, and with what the machine or
 * nobody to ask says.
 */
export async function readGround(
  look: Look,
  hostdevs: Pick<Hostdevs, 'usbOf'>,
  domain: string,
  readRefusals: () => Promise<Ground['refusalsOf']>,
): Promise<Ground> {
  const [present, { hostdevs: attached, ports }, refusalsOf] = await Promise.all([
    look(),
    usbOf(hostdevs, domain),
    readRefusals(),
  ]);
  return { present, attached, ports, refusalsOf };
}

/** Fails with `handoff-failed` where the domain cannot be read. */
export async function usbOf(
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
