import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { OpenFiles, ReadFiles, WriteAttribute } from '../host/ports.ts';
import { optionalAttribute } from '../system/attributes.ts';
import { printable } from '../printable.ts';
import { mostRomBytes } from './limits.ts';

export interface CardRom {
  bytes: Buffer;
  /** It is the copy in memory that the firmware has run, which may have changed it. */
  isShadow: boolean;
}

type Host = ReadFiles & OpenFiles & WriteAttribute;

/**
 * Reads the ROM of a card, which the kernel shows only while somebody has asked for it; that is taken
 * back whatever happens.
 *
 * @param address as the kernel writes it: `0000:01:00.0`
 * @throws HandglassError `device-absent`, `not-permitted` or `vbios-failed`
 */
export async function readCardRom(host: Host, address: string): Promise<CardRom> {
  const folder = `/sys/bus/pci/devices/${address}`;
  try {
    await refuseWithoutRom(host, address, folder);
    const bytes = await shownRom(host, romPathOf(address));
    if (bytes.length === 0) throw await unreadable(host, address, folder);
    return { bytes, isShadow: await isShadow(host, folder) };
  } catch (error) {
    if (error instanceof HandglassError) throw error;
    throw await failureOf(host, address, folder, error);
  }
}

/** Where the kernel shows it. */
export function romPathOf(address: string): string {
  return `/sys/bus/pci/devices/${address}/rom`;
}

async function shownRom(host: Host, path: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    await host.writeAttribute(path, '1\n');
    bytes = await contentOf(host, path);
  } catch (error) {
    // What failed first is what to tell.
    await hide(host, path).catch(() => {});
    throw error;
  }
  await hide(host, path);
  return bytes;
}

/** The kernel takes the 0 only with its line's end. */
function hide(host: Host, path: string): Promise<void> {
  return host.writeAttribute(path, '0\n');
}

async function contentOf(host: Host, path: string): Promise<Buffer> {
  const file = await host.openFile(path, 'read');
  try {
    return await file.read(0, mostRomBytes);
  } finally {
    await file.close();
  }
}

async function refuseWithoutRom(host: Host, address: string, folder: string): Promise<void> {
  if (!(await exists(host, folder))) {
    throw new HandglassError(
      'device-absent',
      `There is no PCI device ${address} on this machine.`,
      '`ls /sys/bus/pci/devices` lists the addresses of those that are there.',
    );
  }
  if (await exists(host, `${folder}/rom`)) return;
  throw new HandglassError(
    'vbios-failed',
    `${address} has no ROM.`,
    'That of graphics in a processor, and of many in laptops, is a part of the firmware of the ' +
      'machine: there is nothing to dump.',
  );
}

async function exists(host: Host, path: string): Promise<boolean> {
  try {
    await host.factsOf(path);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

async function failureOf(
  host: Host,
  address: string,
  folder: string,
  cause: unknown,
): Promise<HandglassError> {
  if (isErrno(cause, 'EIO')) return unreadable(host, address, folder, cause);
  const what = `The ROM of ${address} cannot be read: ${reasonOf(cause)}.`;
  if (isErrno(cause, 'EACCES', 'EPERM')) {
    return new HandglassError('not-permitted', what, 'Run this command as root.', { cause });
  }
  if (isErrno(cause, 'EROFS')) {
    const remedy = '/sys cannot be written to here, as in most containers: run this on the host.';
    return new HandglassError('not-permitted', what, remedy, { cause });
  }
  return new HandglassError('vbios-failed', what, 'See `sudo dmesg` for what the kernel says.', {
    cause,
  });
}

/** The kernel finds no image where the ROM should be: EIO. The reason is looked for in what it shows. */
async function unreadable(
  host: Host,
  address: string,
  folder: string,
  cause?: unknown,
): Promise<HandglassError> {
  const [why, remedy] = await reasonFor(host, address, folder);
  return new HandglassError('vbios-failed', `${address} does not show its ROM: ${why}.`, remedy, {
    cause,
  });
}

async function reasonFor(host: Host, address: string, folder: string): Promise<[string, string]> {
  if (await isShadow(host, folder)) {
    return [
      'it is the card of the first picture, for which the kernel takes the copy that a BIOS makes ' +
        'at 0xc0000, and there is none',
      `Let another card have the first picture (in the firmware's setup), start again, and dump it ` +
        'then; or dump it in another machine.',
    ];
  }
  const power = printable(await textOf(host, `${folder}/power_state`));
  if (power.startsWith('D3')) {
    return [
      `it sleeps (${power})`,
      `Wake it and try again: echo on | sudo tee ${folder}/power/control`,
    ];
  }
  if (!(await answersInMemory(host, folder))) {
    return [
      'nothing has switched its memory on, as while it has no driver',
      `Switch it on and try again: sudo setpci -s ${address} COMMAND=2:2`,
    ];
  }
  const isFirst = (await textOf(host, `${folder}/boot_vga`)) === '1';
  return [
    isFirst ? 'it is in use for the picture of this machine' : 'the kernel finds none in it',
    'Start with another card for the picture and try again, or dump it in another machine; ' +
      '`sudo dmesg` has a line "Invalid PCI ROM" with what was found.',
  ];
}

/** Line 7 of `resource` is the ROM's: for a shadow, where a BIOS puts it. */
async function isShadow(host: Host, folder: string): Promise<boolean> {
  const lines = (await textOf(host, `${folder}/resource`)).split('\n');
  const [start = ''] = lines[6]?.split(' ') ?? [];
  return Number(start) === 0xc0000;
}

/** Bit 1 of the command register, at 4 in the configuration space. Not knowing, it counts as on. */
async function answersInMemory(host: Host, folder: string): Promise<boolean> {
  try {
    const config = await host.openFile(`${folder}/config`, 'read');
    try {
      const bytes = await config.read(4, 1);
      return bytes.length === 0 || ((bytes[0] ?? 0) & 2) !== 0;
    } finally {
      await config.close();
    }
  } catch {
    return true;
  }
}

/** What would explain a failure; empty where that cannot be read either. */
function textOf(host: Host, path: string): Promise<string> {
  return optionalAttribute(host, path).catch(() => '');
}
