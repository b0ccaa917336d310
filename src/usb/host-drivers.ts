import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Clock, ReadFiles, WriteAttribute } from '../host/ports.ts';
import { linkedName, unlessGone } from '../system/attributes.ts';
import { interfaceFolders, usbFolder } from '../system/usb.ts';

/**
 * Has the kernel look for a driver for each interface of a device that has none: QEMU, when it is
 * killed, leaves them so. Gives the interfaces that found one; not every interface has a driver to
 * find. Fails with `handoff-failed` where the kernel cannot be asked.
 *
 * @param evict takes the device from a QEMU that nobody says has it; gives whether one had it
 */
export async function restoreDrivers(
  host: ReadFiles & WriteAttribute & Clock,
  port: string,
  evict: () => Promise<boolean>,
): Promise<string[]> {
  const folder = `${usbFolder}/${port}`;
  const restored: string[] = [];
  await untilReleased(host, folder);
  if ((await isInUse(host, folder)) && (await evict())) await untilReleased(host, folder);
  for (const path of (await unlessGone(interfaceFolders(host, folder))) ?? []) {
    if ((await linkedName(host, `${path}/driver`)) !== null) continue;
    const name = path.slice(folder.length + 1);
    await probe(host, name);
    if ((await linkedName(host, `${path}/driver`)) !== null) restored.push(name);
  }
  return restored;
}

const limitMs = 2000;
const pauseMs = 50;

/**
 * A QEMU that is killed is gone for everybody before the kernel has closed all that it had open. What is
 * still not released after that a program of the host has.
 */
async function untilReleased(host: ReadFiles & Clock, folder: string): Promise<void> {
  const limit = host.now() + limitMs;
  while ((await isInUse(host, folder)) && host.now() < limit) await host.sleep(pauseMs);
}

/** Whether a program has the device, by usbfs. */
async function isInUse(host: ReadFiles, folder: string): Promise<boolean> {
  return (await driversIn(host, folder)).includes('usbfs');
}

/**
 * Whether a driver of the host has an interface of the device now and a while later: it may have one for a
 * moment, where the guest sets a configuration, before QEMU takes it back.
 */
export async function keepsHostDriver(host: ReadFiles & Clock, port: string): Promise<boolean> {
  const folder = `${usbFolder}/${port}`;
  const hasOne = async () =>
    (await driversIn(host, folder)).some((driver) => driver !== null && driver !== 'usbfs');
  if (!(await hasOne())) return false;
  await host.sleep(momentMs);
  return hasOne();
}

const momentMs = 1000;

async function driversIn(host: ReadFiles, folder: string): Promise<(string | null)[]> {
  const paths = (await unlessGone(interfaceFolders(host, folder))) ?? [];
  return Promise.all(paths.map((path) => linkedName(host, `${path}/driver`)));
}

/** See Linux's Documentation/ABI/testing/sysfs-bus-usb and drivers_probe in sysfs-bus-pci. */
const probeFile = '/sys/bus/usb/drivers_probe';

async function probe(host: WriteAttribute, name: string): Promise<void> {
  try {
    await host.writeAttribute(probeFile, name);
  } catch (error) {
    // It was unplugged meanwhile.
    if (isErrno(error, 'ENODEV')) return;
    throw new HandglassError(
      'handoff-failed',
      `The USB interface ${name} is without a driver, and ${probeFile} cannot be written: ${reasonOf(error)}.`,
      'Plug the device in again. Install units/handglass.rules (`sudo sh units/install.sh`), so that it comes back by itself.',
      { cause: error },
    );
  }
}
