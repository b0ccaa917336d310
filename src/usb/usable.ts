import { HandglassError } from '../errors.ts';
import type { Clock, ReadFiles } from '../host/ports.ts';
import { optionalAttribute, unlessGone } from '../system/attributes.ts';
import { interfaceFolders, usbFolder } from '../system/usb.ts';

/**
 * Waits until the kernel has configured a device and made all of its interfaces; its node is there
 * before. Fails with `handoff-failed` when that takes more than 2 s.
 */
export async function untilUsable(host: ReadFiles & Clock, port: string): Promise<void> {
  const limit = host.now() + limitMs;
  while (!(await isUsable(host, port))) {
    if (host.now() >= limit) {
      throw new HandglassError(
        'handoff-failed',
        `The USB device on port ${port} was not ready within ${limitMs / 1000} s.`,
        'Plug it in again.',
      );
    }
    await host.sleep(pauseMs);
  }
}

const limitMs = 2000;
const pauseMs = 50;

/** One that is gone is not waited for. */
async function isUsable(host: ReadFiles, port: string): Promise<boolean> {
  const folder = `${usbFolder}/${port}`;
  const made = await unlessGone(interfaceFolders(host, folder));
  if (made === null) return true;
  // Both are empty while it has no configuration.
  const configuration = await optionalAttribute(host, `${folder}/bConfigurationValue`);
  const expected = await optionalAttribute(host, `${folder}/bNumInterfaces`);
  return configuration !== '' && made.length >= Number(expected);
}
