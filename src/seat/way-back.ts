import type { ChordSetting } from '../config/chord-setting.ts';
import type { Config, Seat } from '../config/schema.ts';
import { selectInput } from '../input/selector.ts';
import { type InputDevice, isProxy } from '../system/input.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Refusal } from '../usb/refusals.ts';
import { usbDeviceText } from '../usb/selector.ts';

export interface Leaving {
  seat: Seat;
  domain: string;
  /** What is to go by USB. */
  devices: readonly UsbDevice[];
}

export interface Hands {
  config: Pick<Config, 'seats' | 'chords'>;
  /** What this machine has now. */
  input: readonly InputDevice[];
  /** Whether a guest of the domain may ask us. */
  hasGuest: boolean;
}

/**
 * A keyboard that goes by USB is heard no more, by anybody here. It may go as long as there is a way
 * back for the seat, which is any of these:
 *
 * - Another keyboard stays. With the host it types `handglass give`; one that Handglass reads for a
 *   seat has the panic chord, which brings every seat back, even while a domain has that one too.
 * - A mouse stays that Handglass reads, with a chord of its buttons alone which leads to the host:
 *   a toggle or a [[chord]] of this seat, or the panic chord.
 * - A guest is paired for the domain, and there is an address for it to call.
 *
 * A keyboard has all letters and is somewhere: what a program made of other keyboards, which says
 * nothing of where it is, goes with these. Handglass' own proxies are none, nor is what a mouse has for its
 * macros: an interface behind that of the mouse, where a receiver has its keyboard's before.
 */
export function lastKeyboardRefusals(leaving: Leaving, hands: Hands): Refusal[] {
  const { domain, devices } = leaving;
  const ports = new Set(devices.map(({ port }) => port));
  const goes = ({ port }: InputDevice) => port !== null && ports.has(port);
  const staying = hands.input.filter((device) => !goes(device));
  if (
    staying.some((each) => isKeyboard(each, hands.input)) ||
    hands.hasGuest ||
    hasChord(leaving.seat, staying, hands.config)
  ) {
    return [];
  }
  const keyboards = new Set(
    hands.input
      .filter((device) => isKeyboard(device, hands.input) && goes(device))
      .map(({ port }) => port),
  );
  return devices
    .filter(({ port }) => keyboards.has(port))
    .map((device) => ({
      subject: usbDeviceText(device),
      reason: 'the host would be left without a keyboard, and nothing could bring it back',
      remedy: `Name a keyboard in \`input\`, where chords are heard, or let the guest give it back: \`handglass guest pair ${domain}\`, with an address to call in \`listen\` of [server].`,
    }));
}

function isKeyboard(device: InputDevice, all: readonly InputDevice[]): boolean {
  const { capabilities, phys, port } = device;
  if (!capabilities.typing || phys === '' || isProxy(device)) return false;
  const beside = all.filter((each) => port !== null && each.port === port);
  return !beside.some(
    (each) => each.capabilities.pointer && interfaceOf(each) < interfaceOf(device),
  );
}

/** The number at the end of `usb-0000:00:14.0-2/input1`; 0 where none is told. */
function interfaceOf({ phys }: InputDevice): number {
  return Number(/\/input(\d+)/.exec(phys)?.[1] ?? 0);
}

function hasChord(
  { name }: Seat,
  staying: readonly InputDevice[],
  { seats, chords }: Hands['config'],
): boolean {
  const { panic, toggle, gives } = chords;
  const home = gives.filter((give) => give.seat === name && give.to.includes('host'));
  return seats.some((seat) => {
    const heard = seat.input.flatMap((selector) => selectInput(selector, staying));
    const ways = seat.name === name ? [panic, toggle, ...home] : [panic];
    return ways.some(isOfButtons) && heard.some(({ capabilities }) => capabilities.pointer);
  });
}

/** From BTN_MOUSE to BTN_TASK. */
function isOfButtons({ keys: { keys } }: ChordSetting): boolean {
  return keys.every((code) => code >= 0x110 && code <= 0x117);
}
