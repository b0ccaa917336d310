import { ourGrabToggle } from '../config/grab-toggle.ts';

/**
 * What a domain needs to have a seat's input, as elements of its `<devices>`. There are two ways:
 *
 * `evdev` (libvirt 7.4, `grabToggle` 7.6): QEMU reads the proxies and feeds the keyboard and mouse
 * that it emulates. Any guest understands these. `grab`, `grabToggle` and `repeat` matter where keys
 * are: QEMU's own toggle is moved out of the way to a combination that a seat never sends, and
 * repeats come from the proxy, which has none of its own.
 *
 * `passthrough` on the virtio bus: the guest sees the proxies themselves, by a driver that Windows
 * has to be given (vioinput). QEMU has no toggle there. Clones of tablets, touchpads and gamepads
 * have no other way: QEMU emulates nothing that could say what they say.
 */

/**
 * @param proxy the domain's name in /dev/input/by-handglass
 * @param clones names there too
 */
export function evdevInputXml(proxy: string, clones: readonly string[]): string {
  return `<!-- Needs libvirt 7.6. A guest with the driver vioinput does better with
     <input type='passthrough' bus='virtio'>, which passes high-resolution and sideways
     wheels and the keyboard's lights too. The flag "virtio" prints that instead. -->
<input type='evdev'>
  <source dev='${pathOf(`${proxy}-keyboard`)}' grab='all' grabToggle='${ourGrabToggle.choice}' repeat='on'/>
</input>
<input type='evdev'>
  <source dev='${pathOf(`${proxy}-pointer`)}'/>
</input>
${cloneXml(clones)}`;
}

/**
 * @param proxy the domain's name in /dev/input/by-handglass
 * @param clones names there too
 */
export function virtioInputXml(proxy: string, clones: readonly string[]): string {
  return `<!-- The guest needs the driver vioinput; without it these two do nothing. -->
${passthroughXml(`${proxy}-keyboard`)}${passthroughXml(`${proxy}-pointer`)}${cloneXml(clones)}`;
}

function cloneXml(clones: readonly string[]): string {
  if (clones.length === 0) return '';
  return `<!-- Devices with absolute axes. The guest needs the driver vioinput for them. -->
${clones.map(passthroughXml).join('')}`;
}

function passthroughXml(name: string): string {
  return `<input type='passthrough' bus='virtio'>
  <source evdev='${pathOf(name)}'/>
</input>
`;
}

/** Nothing in a proxy's name has a meaning in XML. */
function pathOf(name: string): string {
  return `/dev/input/by-handglass/${name}`;
}
