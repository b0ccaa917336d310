import { keyCode } from './key-names.ts';

/*
 * QEMU watches for keys of its own on an evdev keyboard that it has grabbed, those of `grabToggle`,
 * and lets go of the keyboard when they have been down together, whatever else was. Domains that
 * Handglass sets up have `meta-meta`, since with either choice that has Scroll Lock QEMU never passes
 * that key on; others may have any choice. From QEMU's `ui/input-linux.c`.
 */

export interface GrabToggle {
  choice: string;
  /** The kernel's key codes. */
  keys: readonly number[];
}

/** What the domains have that Handglass sets up. The switchboard keeps its keys together from them. */
export const ourGrabToggle = grabToggle('meta-meta', 'leftmeta', 'rightmeta');

/** Those whose keys are all among these. */
export function grabTogglesAmong(keys: readonly number[]): GrabToggle[] {
  return grabToggles.filter((toggle) => toggle.keys.every((key) => keys.includes(key)));
}

const grabToggles = [
  ourGrabToggle,
  grabToggle('ctrl-ctrl', 'leftctrl', 'rightctrl'),
  grabToggle('alt-alt', 'leftalt', 'rightalt'),
  grabToggle('shift-shift', 'leftshift', 'rightshift'),
  // Its keys are among those of `ctrl-scrolllock` too, which has no need of a place here.
  grabToggle('scrolllock', 'scrolllock'),
];

function grabToggle(choice: string, ...names: string[]): GrabToggle {
  return { choice, keys: names.flatMap((name) => keyCode(name) ?? []) };
}
