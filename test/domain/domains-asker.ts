/**
 * Asks for the domain win10 inside the virtual host, as the service does. Its arguments are `libvirt`,
 * or `qemu` and a socket's path. Takes lines on standard input, each a call as a JSON array of a method
 * and its arguments, and answers each with a line of JSON: the result, or the name or code of the
 * failure and its message. Ends with its input.
 */
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { qemuProcesses } from '../../src/domain/process.ts';
import { detachOne, type UsbAddress } from '../../src/domain/usb-hostdev.ts';
import { HandglassError } from '../../src/errors.ts';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';
import { processes } from '../../src/host/processes.ts';
import { sockets } from '../../src/host/sockets.ts';
import { libvirtDomains } from '../../src/libvirt/libvirt-domains.ts';
import { qemuDomain } from '../../src/qemu/qemu-domain.ts';
import { opticalDrives } from '../../src/system/optical-drives.ts';
import { hasAddress, usbDevices } from '../../src/system/usb.ts';
import { readHoldings } from '../../src/usb/ground.ts';
import { giveUsb } from '../../src/usb/handoff.ts';
import { attachOne } from './attach-one.ts';

const host = { ...filesUnder('/', () => {}), ...processes, ...sockets, ...clock };
const ending = new AbortController();
const [kind, socket = ''] = process.argv.slice(2);
const domains =
  kind === 'qemu'
    ? qemuDomain(host, { name: 'win10', socket }, (usb) => hasAddress(host, usb), ending.signal)
    : libvirtDomains(host, 'qemu:///system', '/tmp', ending.signal);

let changes = 0;
const following = domains.follow(() => (changes += 1), ending.signal);

const look = () => usbDevices(host);

/** Gives the stick, which is pulled out and put back between the look for it and its use. */
async function giveReplugged(): Promise<void> {
  let isFirst = true;
  const hostdevs: typeof domains = {
    ...domains,
    async attach(domain, devices) {
      if (isFirst) execFileSync('sh', ['-c', 'labctl unplug stick && labctl plug stick']);
      isFirst = false;
      while ((await deviceOf('STICK1')) === null) await clock.sleep(50);
      return domains.attach(domain, devices);
    },
  };
  const holdings = await readHoldings(look, hostdevs, 'win10');
  const ground = { ...holdings, sources: new Set<string>(), refusalsOf: () => [] };
  await giveUsb(look, hostdevs, 'win10', [{ serial: 'STICK1' }], ground);
}

async function deviceOf(serial: string): Promise<UsbAddress | null> {
  return (await look()).find((device) => device.serial === serial) ?? null;
}

const calls: Record<string, (argument: never) => Promise<unknown>> = {
  state: async () => (await domains.list()).find(({ name }) => name === 'win10')?.state,
  attached: () => domains.attached('win10'),
  attach: (device: UsbAddress) => attachOne(domains, 'win10', device),
  attachAll: async (devices: UsbAddress[]) =>
    [...(await domains.attach('win10', devices)).keys()].map(({ port }) => port),
  detach: (alias: string) => detachOne(domains, 'win10', alias),
  detachAll: async (aliases: string[]) => [...(await domains.detach('win10', aliases)).keys()],
  drives: async () => domains.drives?.attached('win10'),
  async attachDrive(path: string) {
    const [drive] = await opticalDrives(host, [path]);
    const generic = drive?.generic ?? '';
    await domains.drives?.attach('win10', { path, generic });
  },
  detachDrive: async (path: string) => domains.drives?.detach('win10', path),
  changes: async () => changes,
  process: async () => (await qemuProcesses(host, domains, ['win10'])).get('win10') ?? null,
  device: deviceOf,
  giveReplugged,
};

for await (const line of createInterface({ input: process.stdin })) {
  const [method, argument] = JSON.parse(line) as [string, never];
  const answer = await calls[method]?.(argument).then(
    (result) => ({ result }),
    (error: Error) => ({
      failure: error instanceof HandglassError ? error.code : error.name,
      message: error.message,
    }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
ending.abort();
await following;
