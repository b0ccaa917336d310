import type { Clock, ReadFiles } from '../host/ports.ts';
import { optionalAttribute, unlessGone } from '../system/attributes.ts';
import { inputDevices } from '../system/input.ts';
import { interfaceFolders, usbFolder } from '../system/usb.ts';

/**
 * Waits until a USB device has the event nodes and udev's names for them by which a seat may read it. Both
 * come a little later than the device; after a second it is taken to have no others, as some have none.
 */
export async function untilNodesNamed(host: ReadFiles & Clock, port: string): Promise<void> {
  const limit = host.now() + limitMs;
  while (host.now() < limit && !(await areNamed(host, port))) await host.sleep(pauseMs);
}

export const hidClass = '03';
const limitMs = 1000;
const pauseMs = 50;

async function areNamed(host: ReadFiles, port: string): Promise<boolean> {
  const folders = await unlessGone(interfaceFolders(host, `${usbFolder}/${port}`));
  if (folders === null) return true;
  const classes = folders.map((folder) => optionalAttribute(host, `${folder}/bInterfaceClass`));
  const expected = (await Promise.all(classes)).filter((each) => each === hidClass);
  const nodes = (await inputDevices(host)).filter((each) => each.port === port);
  // One interface can have several.
  if (new Set(nodes.map(({ phys }) => phys)).size < expected.length) return false;
  const named = await Promise.all(nodes.map(({ path }) => isNamed(host, path)));
  return named.every(Boolean);
}

/** What udev keeps of a node is written after the links to it. */
async function isNamed(host: ReadFiles, path: string): Promise<boolean> {
  const number = await optionalAttribute(host, `/sys/class/input/${path.split('/').at(-1)}/dev`);
  return (await optionalAttribute(host, `/run/udev/data/c${number}`)) !== '';
}
