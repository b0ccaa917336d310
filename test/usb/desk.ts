import type { UsbSelector } from '../../src/config/selectors.ts';
import type { Hostdevs } from '../../src/domain/usb-hostdev.ts';
import { usbDevices } from '../../src/system/usb.ts';
import { type Ground, type Look, readHoldings } from '../../src/usb/ground.ts';
import { giveUsb, takeUsb } from '../../src/usb/handoff.ts';
import { createSysfs } from '../system/sysfs.ts';
import { createDomainDevices } from './domain-devices.ts';

/** A machine with a mouse, a stick and a pad, and a domain that has none of them. */
export async function start() {
  const machine = await createSysfs();
  await machine.plugUsb({ port: '1-1', device: 2, serial: 'MOUSE', model: 'Mouse' });
  await machine.plugUsb({ port: '1-2.3', device: 3, serial: 'STICK', model: 'Stick' });
  await machine.plugUsb({ port: '2-1', device: 2, vendor: '045e', model: 'Pad' });
  const hostdevs = createDomainDevices('win10');
  const look = () => usbDevices(machine.host);
  return {
    ...machine,
    hostdevs,
    look,
    give: (...selectors: UsbSelector[]) => giveFrom(look, hostdevs, selectors),
    take: (...selectors: UsbSelector[]) => takeFrom(look, hostdevs, selectors),
    held: () => hostdevs.held.get('win10'),
  };
}

/** Gives to win10 what is there then, if nothing else is refused. */
export async function giveFrom(
  look: Look,
  hostdevs: Hostdevs,
  selectors: readonly UsbSelector[],
  readRules?: () => Promise<Rules>,
): Promise<void> {
  const ground = await groundOf(look, hostdevs, readRules);
  await giveUsb(look, hostdevs, 'win10', selectors, ground);
}

export async function takeFrom(
  look: Look,
  hostdevs: Hostdevs,
  selectors: readonly UsbSelector[],
): Promise<void> {
  await takeUsb(hostdevs, 'win10', selectors, null, () => readHoldings(look, hostdevs, 'win10'));
}

export async function groundOf(
  look: Look,
  hostdevs: Hostdevs,
  readRules: () => Promise<Rules> = async () => ({ sources: new Set(), refusalsOf: () => [] }),
): Promise<Ground> {
  const holdings = await readHoldings(look, hostdevs, 'win10');
  return { ...holdings, ...(await readRules()) };
}

type Rules = Pick<Ground, 'sources' | 'refusalsOf'>;

export const mouse = { serial: 'MOUSE' };
export const stick = { serial: 'STICK' };
export const pad = { vendor: '045e', product: '0001' };
export const absentDevice = { serial: 'ABSENT' };

export const heldMouse = { bus: 1, device: 2, alias: 'ua-handglass-1-1' };
export const heldStick = { bus: 1, device: 3, alias: 'ua-handglass-1-2_3' };
export const heldPad = { bus: 2, device: 2, alias: 'ua-handglass-2-1' };

/** Plugs the mouse out and in again, so that it has another number. */
export async function replug(
  machine: Awaited<ReturnType<typeof start>>,
  device: number,
): Promise<void> {
  await machine.unplugUsb('1-1');
  await machine.plugUsb({ port: '1-1', device, serial: 'MOUSE', model: 'Mouse' });
}
