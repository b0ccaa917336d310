import { join } from 'node:path';
import { DomainRefusal } from '../domain/refusal.ts';
import { waitForRelease } from '../domain/release.ts';
import {
  aliasFor,
  holds,
  type Hostdevs,
  type UsbAddress,
  type UsbHostdev,
} from '../domain/usb-hostdev.ts';
import type { Clock, WriteFiles } from '../host/ports.ts';
import { listDomains } from './domains.ts';
import { parseUsbHostdevs, usbHostdevXml } from './usb-hostdev.ts';
import { parseUsbPorts } from './usb-ports.ts';
import type { Virsh } from './virsh.ts';

/**
 * Through virsh. That a command succeeded proves nothing (libvirt reports success for removals that
 * the guest ignores), so each is believed only from the domain's live XML read again.
 *
 * @param folder where the XML of each device lies for virsh, for the next time too: to write a file so
 *   that it is whole takes a third as long as to attach a device
 */
export function hostdevsOf(host: WriteFiles & Clock, virsh: Virsh, folder: string): Hostdevs {
  /** By port, the XML in its file. */
  const written = new Map<string, string>();

  async function usbOf(domain: string) {
    try {
      const xml = await virsh('dumpxml', '--domain', domain);
      return { hostdevs: parseUsbHostdevs(xml), ports: parseUsbPorts(xml) };
    } catch (error) {
      // A domain without a configuration is gone when it has ended.
      if (error instanceof DomainRefusal && !(await isKnown(domain))) {
        return { hostdevs: [], ports: null };
      }
      throw error;
    }
  }

  async function attached(domain: string): Promise<UsbHostdev[]> {
    return (await usbOf(domain)).hostdevs;
  }

  async function attach(domain: string, devices: readonly UsbAddress[]) {
    const files = await Promise.all(devices.map(fileOf));
    const attaches = files.map((file) => attachCommand(domain, file));
    const answers = await virsh.inTurn([...attaches, ['dumpxml', '--domain', domain]]);
    const xml = answers.at(-1);
    const now = typeof xml === 'string' ? parseUsbHostdevs(xml) : await attached(domain);
    const failures = new Map<UsbAddress, unknown>();
    for (const [at, device] of devices.entries()) {
      const answer = answers[at];
      // It may be that somebody has removed the file.
      if (answer instanceof DomainRefusal) written.delete(device.port);
      if (holds(now, device)) continue;
      const refusal = [answer, xml].find((each) => each instanceof DomainRefusal);
      failures.set(device, refusal ?? noSuccess(domain));
    }
    return failures;
  }

  async function fileOf(device: UsbAddress): Promise<string> {
    const file = join(folder, `${aliasFor(device.port)}.xml`);
    const xml = usbHostdevXml(device);
    if (written.get(device.port) !== xml) await host.replaceFile(file, xml, 0o600);
    written.set(device.port, xml);
    return file;
  }

  async function detach(domain: string, alias: string): Promise<void> {
    try {
      await virsh('detach-device-alias', '--domain', domain, '--alias', alias, '--live');
    } catch (error) {
      // The domain may have ended, or the device gone, between the decision and the command.
      if (error instanceof DomainRefusal && !(await has(domain, alias))) return;
      throw error;
    }
    await waitForRelease(host, domain, () => has(domain, alias));
  }

  async function has(domain: string, alias: string): Promise<boolean> {
    return (await attached(domain)).some((hostdev) => hostdev.alias === alias);
  }

  async function isKnown(domain: string): Promise<boolean> {
    return (await listDomains(virsh)).some(({ name }) => name === domain);
  }

  return { attached, usbOf, attach, detach };
}

function attachCommand(domain: string, file: string): string[] {
  return ['attach-device', '--domain', domain, '--file', file, '--live'];
}

function noSuccess(domain: string): DomainRefusal {
  return new DomainRefusal(`libvirt reported success, and ${domain} does not have the device`);
}
