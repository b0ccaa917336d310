/** What an input device can send, as the kernel says: not what it is called. */
export interface InputCapabilities {
  /** Keys of any kind, buttons of mice and gamepads aside. */
  keys: boolean;
  /** All letters. */
  typing: boolean;
  /** Volume keys, which stand for all that keyboards have to play and browse with. */
  media: boolean;
  /** Relative motion, or a mouse's buttons. */
  pointer: boolean;
  /** Axes that say where a finger, pen or stick is. */
  absolute: boolean;
  /** Switches, such as a lid, a tablet mode or a headphone jack. */
  switches: boolean;
  /** A power key. */
  power: boolean;
}

/** In a word for people. */
export type InputKind =
  | 'keyboard'
  | 'mouse'
  | 'touchpad'
  | 'tablet'
  | 'touchscreen'
  | 'gamepad'
  | 'switch'
  | 'buttons'
  | 'other';

/** The texts of the files of these names in a device's `capabilities`. */
export type CapabilityTexts = Readonly<Record<'key' | 'rel' | 'abs' | 'sw', string>>;

/**
 * Codes are those of linux/input-event-codes.h. Each text is a bitmap in words of hexadecimal
 * digits without leading zeros, the most significant first:
 *
 *     key  "10000 0 0 0 0"   bit 4 × 64 + 16 = 272 = BTN_LEFT
 */
export function capabilitiesFrom(texts: CapabilityTexts): {
  capabilities: InputCapabilities;
  kind: InputKind;
} {
  const [key, rel, abs, sw] = [texts.key, texts.rel, texts.abs, texts.sw].map(bitsOf) as Bitmaps;
  const capabilities = {
    keys: anyOf(key, 0, 0xff) || anyOf(key, 0x160, 0x2ff),
    typing: letters.every(([first, last]) => allOf(key, first, last)),
    media: has(key, keyVolumeUp),
    pointer: allOf(rel, relX, relY) || anyOf(key, btnMouse, btnTask),
    absolute: anyOf(abs, 0, absVolume - 1) || anyOf(abs, absMtSlot, 0x3f),
    switches: sw !== 0n,
    power: has(key, keyPower),
  };
  return { capabilities, kind: kindOf(capabilities, key) };
}

type Bitmaps = [key: bigint, rel: bigint, abs: bigint, sw: bigint];

const keyVolumeUp = 115;
const keyPower = 116;
/** Q to P, A to L, Z to M. */
const letters = [
  [16, 25],
  [30, 38],
  [44, 50],
] as const;
const [btnMouse, btnTask] = [0x110, 0x117];
const [btnJoystick, btnThumbr] = [0x120, 0x13e];
const [btnToolPen, btnToolFinger, btnTouch] = [0x140, 0x145, 0x14a];
const [relX, relY] = [0, 1];
/** Axes from here on are knobs and the like; positions begin again with those of several fingers. */
const [absVolume, absMtSlot] = [0x20, 0x2f];

/** A word has the size of the kernel's long: 64 bits on every machine that Handglass is for. */
function bitsOf(text: string): bigint {
  const words = text.split(/\s+/).filter(Boolean);
  return words.reduce((bits, word) => (bits << 64n) | BigInt(`0x${word}`), 0n);
}

/** The first that fits, since keyboards claim more than they have. */
function kindOf(capabilities: InputCapabilities, key: bigint): InputKind {
  const { keys, typing, pointer, absolute, switches } = capabilities;
  if (typing) return 'keyboard';
  if (absolute) {
    if (has(key, btnToolPen)) return 'tablet';
    if (has(key, btnToolFinger)) return 'touchpad';
    if (has(key, btnTouch)) return 'touchscreen';
    if (anyOf(key, btnJoystick, btnThumbr)) return 'gamepad';
    if (pointer) return 'tablet';
  }
  if (pointer) return 'mouse';
  if (switches) return 'switch';
  return keys ? 'buttons' : 'other';
}

function has(bits: bigint, code: number): boolean {
  return anyOf(bits, code, code);
}

function anyOf(bits: bigint, first: number, last: number): boolean {
  return (bits & maskOf(first, last)) !== 0n;
}

function allOf(bits: bigint, first: number, last: number): boolean {
  return (bits & maskOf(first, last)) === maskOf(first, last);
}

function maskOf(first: number, last: number): bigint {
  return ((1n << BigInt(last - first + 1)) - 1n) << BigInt(first);
}
