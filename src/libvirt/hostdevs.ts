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
    const commands = files.map((file) => attachCommand(domain, file));
    const answers = await inLanes(virsh, commands);
    for (const [at, { port }] of devices.entries()) {
      if (!isDouble(answers[at]) || !(await evict(domain, port))) continue;
      answers.splice(at, 1, ...(await virsh.inTurn(commands.slice(at, at + 1))));
    }
    const now = await attached(domain);
    const failures = new Map<UsbAddress, unknown>();
    for (const [at, device] of devices.entries()) {
      const answer = answers[at];
      // It may be that somebody has removed the file.
      if (answer instanceof DomainRefusal) written.delete(device.port);
      if (holds(now, device)) continue;
      failures.set(device, answer instanceof DomainRefusal ? explained(answer) : noSuccess(domain));
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

  async function detach(domain: string, aliases: readonly string[]) {
    const commands = aliases.map((alias) => detachCommand(domain, alias));
    const answers = await inLanes(virsh, commands);
    const failures = new Map<string, unknown>();
    const left = new Set(aliases);
    const look = async () => {
      const now = await attached(domain);
      for (const alias of left) if (!has(now, alias)) left.delete(alias);
    };
    if (answers.some((answer) => answer instanceof DomainRefusal)) await look();
    for (const [at, alias] of aliases.entries()) {
      // The domain may have ended, or the device gone, between the decision and the command.
      if (!(answers[at] instanceof DomainRefusal) || !left.delete(alias)) continue;
      failures.set(alias, answers[at]);
    }
    if (left.size === 0) return failures;
    try {
      await waitForRelease(host, domain, async () => {
        await look();
        return left.size > 0;
      });
    } catch (error) {
      if (!(error instanceof DomainRefusal)) throw error;
      for (const alias of left) failures.set(alias, error);
    }
    return failures;
  }

  async function evict(domain: string, port: string): Promise<boolean> {
    const alias = aliasFor(port);
    const command = ['--hmp', '--domain', domain, '--cmd', `device_del ${alias}`];
    try {
      if (has(await attached(domain), alias)) return false;
      if ((await virsh('qemu-monitor-command', ...command)).trim() !== '') return false;
    } catch (error) {
      if (error instanceof DomainRefusal) return false;
      throw error;
    }
    // Told of it later, libvirt would strike the next of this alias.
    await host.sleep(toldMs);
    return true;
  }

  async function isKnown(domain: string): Promise<boolean> {
    return (await listDomains(virsh)).some(({ name }) => name === domain);
  }

  return { attached, usbOf, attach, detach, evict };
}

function attachCommand(domain: string, file: string): string[] {
  return ['attach-device', '--domain', domain, '--file', file, '--live'];
}

function detachCommand(domain: string, alias: string): string[] {
  return ['detach-device-alias', '--domain', domain, '--alias', alias, '--live'];
}

function has(hostdevs: readonly UsbHostdev[], alias: string): boolean {
  return hostdevs.some((hostdev) => hostdev.alias === alias);
}

/**
 * What becomes of each command. Libvirt and QEMU do one thing at a time to a domain; while they are at
 * it, what comes before and after is done for the next device. In more than two lanes it would wait for
 * another virsh to start.
 */
async function inLanes(virsh: Virsh, commands: readonly string[][]) {
  const lanes = [0, 1].map((lane) => commands.filter((_, at) => at % 2 === lane));
  const asked = lanes.filter(({ length }) => length > 0).map((lane) => virsh.inTurn(lane));
  // Nothing is still being done once it has failed.
  await Promise.allSettled(asked);
  const answers = await Promise.all(asked);
  return commands.map((_, at) => answers[at % 2]?.[Math.floor(at / 2)]);
}

const toldMs = 1000;

/** QEMU has the device already, which libvirt, when it was killed, had not come to list. */
function isDouble(answer: unknown): boolean {
  return answer instanceof DomainRefusal && /Duplicate (device )?ID/.test(answer.message);
}

/** What libvirt notes of a device's node in the domain's own /dev outlives a libvirt that is killed. */
function explained(refusal: DomainRefusal): DomainRefusal {
  const { message } = refusal;
  if (!/Setting different .* which is already in use/.test(message)) return refusal;
  const why =
    'mostly since libvirt was killed while it gave this device: pull it out and plug it in';
  return new DomainRefusal(`${message} (${why} again)`, { cause: refusal });
}

function noSuccess(domain: string): DomainRefusal {
  return new DomainRefusal(`libvirt reported success, and ${domain} does not have the device`);
}
