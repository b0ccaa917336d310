import { type InputDevice, isProxy } from '../system/input.ts';

/** Whether a seat may have the device; no selector names one that must stay with the host. */
export function mayBeTaken(device: InputDevice): boolean {
  return reasonToLeave(device) === null;
}

/** Why no seat can have the device, to follow "never taken:"; null where one can. */
export function reasonToLeave(device: InputDevice): string | null {
  const { switches } = device.capabilities;
  if (isProxy(device)) return 'it is a proxy of Handglass';
  if (switches) return 'it has a switch, such as a lid, of which the host must know';
  if (isPowerButton(device)) return 'it is a power button';
  return null;
}

/**
 * The media keys of a USB keyboard come as a node of their own, on which many keyboards claim every
 * key that there is for consumers, KEY_POWER among them.
 */
function isPowerButton({ port, capabilities }: InputDevice): boolean {
  const { power, typing, pointer, media } = capabilities;
  return power && !typing && !pointer && !(media && port !== null);
}
