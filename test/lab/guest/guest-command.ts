/** The guest's command line as if inside the guest of win10: on libvirt's network. */
import { product } from './input/programs.ts';

export const inGuestNetwork = `${product}/test/lab/guest/in-guest-network`;
/** Where that guest keeps its pairing. */
export const guestPairing = '/tmp/guest/handglass/guest.json';

/** A shell command. */
export function inGuest(words: string): string {
  return `XDG_CONFIG_HOME=/tmp/guest ${inGuestNetwork} handglass guest ${words}`;
}

/** A shell command that pairs it anew. */
export const pairGuest = inGuest('pair "$(handglass guest pair win10 | head -n 1)"');
