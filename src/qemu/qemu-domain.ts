import { once } from 'node:events';
import { z } from 'zod';
import { type Domain, type Domains, isAway } from '../domain/domain.ts';
import type { DomainRunState } from '../domain/run-state.ts';
import { DomainRefusal } from '../domain/refusal.ts';
import {
  aliasFor,
  holds,
  type UsbAddress,
  type UsbHostdev,
  type UsbPorts,
} from '../domain/usb-hostdev.ts';
import type { Clock, Connect } from '../host/ports.ts';
import { type DeviceFolder, devicesIn, removeDevice } from './devices.ts';
import { qemuDrives } from './drives.ts';
import { listensAt } from './listens.ts';
import { howToStart, keepQmp, type QemuEntry, unlessEnded } from './qmp.ts';

/**
 * The one domain that a QEMU without libvirt is, through its QMP socket. What a command did is
 * believed only from QEMU's own list of its devices, read again.
 *
 * @param isPluggedIn whether the device with these ids is at its address and port
 * @param signal the end of the connection
 */
export function qemuDomain(
  host: Connect & Clock,
  entry: QemuEntry,
  isPluggedIn: (usb: UsbAddress) => Promise<boolean>,
  signal: AbortSignal,
): Domains {
  const { name, socket } = entry;
  const listeners = new Set<() => void>();
  const qmp = keepQmp(host, entry, tell, signal);

  function tell(event?: string): void {
    if (event !== undefined && !events.has(event)) return;
    for (const listener of listeners) listener();
  }

  async function list(): Promise<Domain[]> {
    const state = (await unlessEnded(runState())) ?? 'shut off';
    return [{ name, state, start: howToStart(socket) }];
  }

  async function runState(): Promise<DomainRunState> {
    const { status } = statusAnswer.parse(await qmp.execute('query-status'));
    return runStates[status] ?? 'paused';
  }

  async function attached(): Promise<UsbHostdev[]> {
    return (await unlessEnded(usbHostdevs())) ?? [];
  }

  async function usbHostdevs(): Promise<UsbHostdev[]> {
    const found = (['peripheral', 'peripheral-anon'] as const).map(async (folder) => {
      const ids = await devicesIn(qmp, folder, 'usb-host');
      return Promise.all(ids.map((id) => hostdevAt(folder, id)));
    });
    return (await Promise.all(found)).flat(2);
  }

  /** Nothing when it has gone since it was listed. */
  async function hostdevAt(folder: DeviceFolder, id: string): Promise<UsbHostdev[]> {
    const path = `/machine/${folder}/${id}`;
    const alias = folder === 'peripheral' ? id : null;
    const number = async (property: string) =>
      z.number().parse(await qmp.execute('qom-get', { path, property }));
    try {
      return [{ bus: await number('hostbus'), device: await number('hostaddr'), alias }];
    } catch (error) {
      if (error instanceof DomainRefusal) return [];
      throw error;
    }
  }

  /** Others are not counted: before the last one is taken, QEMU plugs a hub into it by itself. */
  async function portsWhereNone(): Promise<UsbPorts | null> {
    const command = { 'command-line': 'info usb' };
    const said = z.string().parse(await qmp.execute('human-monitor-command', command));
    return said.includes('USB support not enabled') ? { all: 0, free: 0, remedy } : null;
  }

  async function attach(_: string, devices: readonly UsbAddress[]) {
    const failures = new Map<UsbAddress, unknown>();
    for (const device of devices) await add(device).catch((error) => failures.set(device, error));
    const now = await attached();
    for (const device of devices) {
      if (holds(now, device)) failures.delete(device);
      else if (!failures.has(device)) failures.set(device, noSuccess(name));
    }
    return failures;
  }

  /**
   * QEMU takes whatever has the address (told the ids too, it would wait for the device instead). The
   * kernel gives numbers in turn, so nothing else gets this one before QEMU has opened it.
   */
  async function add(usb: UsbAddress): Promise<void> {
    const { port, bus, device } = usb;
    if (!(await isPluggedIn(usb))) {
      throw new DomainRefusal(`the device on port ${port} is no longer the one that was there`);
    }
    const properties = { id: aliasFor(port), hostbus: bus, hostaddr: device };
    const command = () => qmp.execute('device_add', { driver: 'usb-host', ...properties });
    try {
      await onceOpened(command);
    } catch (error) {
      throw error instanceof DomainRefusal ? explained(error, bus, device) : error;
    }
  }

  /** What has just been plugged in has the rights that udev gives it a moment later. */
  async function onceOpened(command: () => Promise<unknown>): Promise<void> {
    for (const pauseMs of pausesMs) {
      try {
        await command();
        return;
      } catch (error) {
        if (!isUnopened(error)) throw error;
        await host.sleep(pauseMs);
      }
    }
    await command();
  }

  async function detach(_: string, aliases: readonly string[]) {
    const failures = new Map<string, unknown>();
    const remove = async (alias: string) => {
      await removeDevice(host, qmp, name, alias).catch((error: unknown) => {
        if (isAway(error)) throw error;
        failures.set(alias, error);
      });
    };
    await Promise.all(aliases.map(remove));
    return failures;
  }

  return {
    list,
    attached,
    async usbOf() {
      const [hostdevs, ports] = await Promise.all([attached(), unlessEnded(portsWhereNone())]);
      return { hostdevs, ports };
    },
    attach,
    detach,
    drives: qemuDrives(host, qmp, name),
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
  // With -no-shutdown, and with -action panic=pause.
  shutdown: 'shut down',
  'guest-panicked': 'crashed',
};

const remedy = 'Start it with `-device qemu-xhci`.';
const pausesMs = [200, 400, 800];

const statusAnswer = z.object({ status: z.string() });

function noSuccess(name: string): DomainRefusal {
  return new DomainRefusal(`QEMU reported success, and ${name} does not have the device`);
}

function isUnopened(error: unknown): boolean {
  return error instanceof DomainRefusal && /failed to open/.test(error.message);
}

function explained(refusal: DomainRefusal, bus: number, device: number): DomainRefusal {
  const { message } = refusal;
  // QEMU tells nobody but its own standard error why it could not open a device.
  if (!isUnopened(refusal)) return refusal;
  const [folder, node] = [bus, device].map((number) => String(number).padStart(3, '0'));
  return new DomainRefusal(
    `${message}; its user has to be let read and write /dev/bus/usb/${folder}/${node}`,
    { cause: refusal },
  );
}
