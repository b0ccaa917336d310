import { join } from 'node:path';
import type { Clock, OpenFiles, WriteFiles } from '../host/ports.ts';
import { listDomains } from './domains.ts';
import {
  aliasFor,
  parseUsbHostdevs,
  type UsbAddress,
  type UsbHostdev,
  usbHostdevXml,
} from './usb-hostdev.ts';
import { parseUsbPorts, type UsbPorts } from './usb-ports.ts';
import { VirshRefusal } from './virsh-refusal.ts';
import type { Virsh } from './virsh.ts';

/** What can be done with the USB host devices of running domains. */
export interface Hostdevs {
  /** What the domain has now; nothing when it does not run. */
  attached(domain: string): Promise<UsbHostdev[]>;
  /** The same, and its USB ports; null where its XML does not tell of them. */
  usbOf(domain: string): Promise<{ hostdevs: UsbHostdev[]; ports: UsbPorts | null }>;
  /** Resolves when the domain has the device; rejects with a VirshRefusal when it will not take it. */
  attach(domain: string, device: UsbAddress): Promise<void>;
  /** Resolves when the domain has the device of this alias no more. */
  detach(domain: string, alias: string): Promise<void>;
}

/**
 * Through virsh. That a command succeeded proves nothing (libvirt reports success for removals that
 * the guest ignores), so each is believed only from the domain's live XML read again.
 *
 * @param folder where the XML of one command lies while virsh reads it
 */
export function hostdevsOf(
  host: WriteFiles & Pick<OpenFiles, 'removeFile'> & Clock,
  virsh: Virsh,
  folder: string,
): Hostdevs {
  async function usbOf(domain: string) {
    try {
      const xml = await virsh('dumpxml', '--domain', domain);
      return { hostdevs: parseUsbHostdevs(xml), ports: parseUsbPorts(xml) };
    } catch (error) {
      // A domain without a configuration is gone when it has ended.
      if (error instanceof VirshRefusal && !(await isKnown(domain))) {
        return { hostdevs: [], ports: null };
      }
      throw error;
    }
  }

  async function attached(domain: string): Promise<UsbHostdev[]> {
    return (await usbOf(domain)).hostdevs;
  }

  async function attach(domain: string, device: UsbAddress): Promise<void> {
    const alias = aliasFor(device.port);
    const file = join(folder, `${alias}.xml`);
    await host.replaceFile(file, usbHostdevXml(device), 0o600);
    try {
      await virsh('attach-device', '--domain', domain, '--file', file, '--live');
    } finally {
      await host.removeFile(file);
    }
    if (!(await has(domain, alias))) {
      throw new VirshRefusal(`libvirt reported success, and ${domain} does not have the device`);
    }
  }

  async function detach(domain: string, alias: string): Promise<void> {
    try {
      await virsh('detach-device-alias', '--domain', domain, '--alias', alias, '--live');
    } catch (error) {
      // The domain may have ended, or the device gone, between the decision and the command.
      if (error instanceof VirshRefusal && !(await has(domain, alias))) return;
      throw error;
    }
    // The command only asks; QEMU lets go when the guest's controller has.
    const limit = host.now() + detachLimitMs;
    while (await has(domain, alias)) {
      if (host.now() >= limit) {
        throw new VirshRefusal(`${domain} did not let go of it within ${detachLimitMs / 1000} s`);
      }
      await host.sleep(pauseMs);
    }
  }

  async function has(domain: string, alias: string): Promise<boolean> {
    return (await attached(domain)).some((hostdev) => hostdev.alias === alias);
  }

  async function isKnown(domain: string): Promise<boolean> {
    return (await listDomains(virsh)).some(({ name }) => name === domain);
  }

  return { attached, usbOf, attach, detach };
}

const pauseMs = 100;
const detachLimitMs = 5000;
