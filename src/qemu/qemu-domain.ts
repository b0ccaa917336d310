import { once } from 'node:events';
import { z } from 'zod';
import type { Domain, Domains, DomainRunState } from '../domain/domain.ts';
import { DomainRefusal } from '../domain/refusal.ts';
import { waitForRelease } from '../domain/release.ts';
import { aliasFor, type UsbAddress, type UsbHostdev } from '../domain/usb-hostdev.ts';
import { HandglassError } from '../errors.ts';
import type { Clock, Connect } from '../host/ports.ts';
import { listensAt } from './listens.ts';
import { keepQmp, type QemuEntry } from './qmp.ts';

/**
 * The one domain that a QEMU without libvirt is, through its QMP socket. What a command did is
 * believed only from QEMU's own list of its devices, read again.
 *
 * @param signal the end of the connection
 */
export function qemuDomain(host: Connect & Clock, entry: QemuEntry, signal: AbortSignal): Domains {
  const { name, socket } = entry;
  const listeners = new Set<() => void>();
  const qmp = keepQmp(host, entry, tell, signal);

  function tell(event?: string): void {
    if (event !== undefined && !events.has(event)) return;
    for (const listener of listeners) listener();
  }

  async function list(): Promise<Domain[]> {
    return [{ name, state: (await unlessEnded(runState())) ?? 'shut off' }];
  }

  async function runState(): Promise<DomainRunState> {
    const { status } = statusAnswer.parse(await qmp.execute('query-status'));
    return runStates[status] ?? 'paused';
  }

  async function attached(): Promise<UsbHostdev[]> {
    return (await unlessEnded(usbHostdevs())) ?? [];
  }

  async function usbHostdevs(): Promise<UsbHostdev[]> {
    const found = deviceFolders.map(async ({ path, named }) => {
      const entries = listAnswer.parse(await qmp.execute('qom-list', { path }));
      const devices = entries.filter(({ type }) => type === 'child<usb-host>');
      return Promise.all(
        devices.map(({ name: id }) => hostdevAt(`${path}/${id}`, named ? id : null)),
      );
    });
    return (await Promise.all(found)).flat(2);
  }

  /** Nothing when it has gone since it was listed. */
  async function hostdevAt(path: string, alias: string | null): Promise<UsbHostdev[]> {
    const number = async (property: string) =>
      z.number().parse(await qmp.execute('qom-get', { path, property }));
    try {
      return [{ bus: await number('hostbus'), device: await number('hostaddr'), alias }];
    } catch (error) {
      if (error instanceof DomainRefusal) return [];
      throw error;
    }
  }

  async function attach(_: string, { port, bus, device }: UsbAddress): Promise<void> {
    const id = aliasFor(port);
    try {
      await qmp.execute('device_add', { driver: 'usb-host', id, hostbus: bus, hostaddr: device });
    } catch (error) {
      throw error instanceof DomainRefusal ? explained(error, bus, device) : error;
    }
    if (!(await has(id))) {
      throw new DomainRefusal(`QEMU reported success, and ${name} does not have the device`);
    }
  }

  async function detach(_: string, alias: string): Promise<void> {
    try {
      await unlessEnded(qmp.execute('device_del', { id: alias }));
    } catch (error) {
      // The device may have gone between the decision and the command.
      if (error instanceof DomainRefusal && !(await has(alias))) return;
      throw error;
    }
    await waitForRelease(host, name, () => has(alias));
  }

  async function has(alias: string): Promise<boolean> {
    return (await attached()).some((hostdev) => hostdev.alias === alias);
  }

  return {
    list,
    attached,
    usbOf: async () => ({ hostdevs: await attached(), ports: null }),
    attach,
    detach,
    async follow(changed, until) {
      listeners.add(changed);
      changed();
      if (!until.aborted) await once(until, 'abort');
      listeners.delete(changed);
    },
    domainIn: (commandLine) => (listensAt(commandLine, socket) ? name : null),
  };
}

/** What may have changed the domain's state or its devices (QEMU's qapi/run-state.json, qdev.json). */
const events = new Set([
  'DEVICE_DELETED',
  'GUEST_PANICKED',
  'RESET',
  'RESUME',
  'SHUTDOWN',
  'STOP',
  'SUSPEND',
  'SUSPEND_DISK',
  'WAKEUP',
]);

/** Of QEMU's RunState; all others are kinds of a guest that stands still while QEMU is there. */
const runStates: Readonly<Record<string, DomainRunState>> = {
  running: 'running',
  suspended: 'suspended',
  // With -no-shutdown QEMU stays when the guest has gone.
  shutdown: 'shutting down',
};

/** Where QEMU keeps devices with an id, and those of its command line that have none. */
const deviceFolders = [
  { path: '/machine/peripheral', named: true },
  { path: '/machine/peripheral-anon', named: false },
] as const;

const statusAnswer = z.object({ status: z.string() });
const listAnswer = z.array(z.object({ name: z.string(), type: z.string() }));

/** Null once there is no QEMU any more, whose devices are back with the host. */
async function unlessEnded<T>(asking: Promise<T>): Promise<T | null> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof HandglassError && error.code === 'domain-not-running') return null;
    throw error;
  }
}

/** QEMU tells nobody but its own standard error why it could not open a device. */
function explained(refusal: DomainRefusal, bus: number, device: number): DomainRefusal {
  if (!/failed to open/.test(refusal.message)) return refusal;
  const [folder, node] = [bus, device].map((number) => String(number).padStart(3, '0'));
  return new DomainRefusal(
    `${refusal.message}; its user has to be let read and write /dev/bus/usb/${folder}/${node}`,
    { cause: refusal },
  );
}
