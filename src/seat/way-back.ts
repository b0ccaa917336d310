import type { ChordSetting } from '../config/chord-setting.ts';
import type { Config, Seat } from '../config/schema.ts';
import { selectInput } from '../input/selector.ts';
import { sourcePorts } from '../input/sources.ts';
import { isBluetoothAdapter, isOnBluetooth } from '../system/bluetooth.ts';
import { type InputDevice, isMadeByProgram } from '../system/input.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { Refusal } from '../usb/refusals.ts';
import { fittingUsb, usbDeviceText } from '../usb/selector.ts';

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
  usb: readonly UsbDevice[];
  /** Whether a guest of the domain may ask us. */
  hasGuest: boolean;
  /** Whether a browser on this machine has the panel open. */
  hasPanel: boolean;
}

/**
 * A keyboard that goes by USB is heard no more, by anybody here; nor is one on Bluetooth once an adapter
 * has gone, since nothing tells whether that was its own. It may go where there is a way back for the seat at
 * that moment, which is any of these:
 *
 * - Another keyboard stays. With the host it types `handglass give`; one that Handglass reads for a
 *   seat has the panic chord, which brings every seat back, even while a domain has that one too.
 * - A mouse stays that Handglass reads, with a chord of its buttons alone which leads to the host:
 *   a toggle or a [[chord]] of this seat, or the panic chord.
 * - A guest is paired for the domain, and there is an address for it to call. A panel on a phone or on
 *   another machine is such a guest.
 * - The panel is open on this machine, and a mouse stays that can press its buttons: one that no seat
 *   names, which could go later.
 *
 * A keyboard has all letters. What a program made of other keyboards goes with these. Handglass' own proxies
 * are none, nor is what a mouse has for its macros: an interface behind that of the mouse, where a receiver
 * has its keyboard's before.
 */
export function lastKeyboardRefusals(leaving: Leaving, hands: Hands): Refusal[] {
  const { domain, devices } = leaving;
  const { input } = hands;
  const going = input.filter((each) => devices.some((device) => goesWith(device, each)));
  const staying = input.filter((each) => !going.includes(each));
  if (
    staying.some((each) => isKeyboard(each, input)) ||
    hands.hasGuest ||
    hasChord(leaving.seat, staying, hands.config) ||
    (hands.hasPanel && staying.some((each) => isFreePointer(each, hands)))
  ) {
    return [];
  }
  const keyboards = going.filter((each) => isKeyboard(each, input));
  return devices.flatMap((device) => {
    const keyboard = keyboards.find((each) => goesWith(device, each));
    if (keyboard === undefined) return [];
    return [{ subject: usbDeviceText(device), ...refusalFor(keyboard, domain) }];
  });
}

function goesWith(device: UsbDevice, input: InputDevice): boolean {
  return device.port === input.port || (isBluetoothAdapter(device) && isOnBluetooth(input));
}

function refusalFor(keyboard: InputDevice, domain: string): Omit<Refusal, 'subject'> {
  const lost = 'the host would be left without a keyboard, and nothing could bring it back';
  const others = `let the guest give it back: \`handglass guest pair ${domain}\`, with an address to call in \`listen\` of [server]. The panel can too, as long as it is open and a mouse stays that no seat names: \`handglass panel\`.`;
  // To name it in `input` would not keep its adapter.
  return isOnBluetooth(keyboard)
    ? {
        reason: `the keyboard ${keyboard.name} on Bluetooth would go with it, ${lost}`,
        remedy: `Plug in a keyboard, or ${others}`,
      }
    : {
        reason: lost,
        remedy: `Name a keyboard in \`input\`, where chords are heard, or ${others}`,
      };
}

function isKeyboard(device: InputDevice, all: readonly InputDevice[]): boolean {
  const { capabilities, port } = device;
  if (!capabilities.typing || isMadeByProgram(device)) return false;
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

function isFreePointer(device: InputDevice, { config: { seats }, input, usb }: Hands): boolean {
  if (!device.capabilities.pointer || isMadeByProgram(device)) return false;
  const sources = sourcePorts(seats, input, usb);
  return !seats.some(
    (seat) =>
      seat.input.some((selector) => selectInput(selector, [device]).length > 0) ||
      seat.usb
        .flatMap((selector) => fittingUsb(selector, usb, sources))
        .some((each) => goesWith(each, device)),
  );
}

/** From BTN_MOUSE to BTN_TASK. */
function isOfButtons({ keys: { keys } }: ChordSetting): boolean {
  return keys.every((code) => code >= 0x110 && code <= 0x117);
}
