import { ourGrabToggle } from '../config/grab-toggle.ts';

/**
 * What a QEMU without libvirt needs to have a seat's input, as lines of its arguments: the same two
 * ways as `libvirt/evdev-input.ts` has for domains of libvirt. Nothing in a proxy's name has a
 * meaning to QEMU or a shell.
 */

/**
 * @param proxy the domain's name in /dev/input/by-handglass
 * @param clones names there too
 */
export function evdevInputArguments(proxy: string, clones: readonly string[]): string {
  return [
    `-object input-linux,id=keyboard,${evdev(`${proxy}-keyboard`)},grab_all=on,repeat=on,grab-toggle=${ourGrabToggle.choice}`,
    `-object input-linux,id=pointer,${evdev(`${proxy}-pointer`)}`,
    ...clones.map(virtioInput),
  ].join('\n');
}

/**
 * @param proxy the domain's name in /dev/input/by-handglass
 * @param clones names there too
 */
export function virtioInputArguments(proxy: string, clones: readonly string[]): string {
  return [`${proxy}-keyboard`, `${proxy}-pointer`, ...clones].map(virtioInput).join('\n');
}

function virtioInput(name: string): string {
  return `-device virtio-input-host-pci,${evdev(name)}`;
}

function evdev(name: string): string {
  return `evdev=/dev/input/by-handglass/${name}`;
}
