/**
 * The proxies: event devices that QEMU reads in place of a seat's, made when the service starts and
 * never changed. QEMU drops for good a device that goes, so they must outlive the service: their
 * descriptors are kept by the service manager, and taken over from it. Each domain has a keyboard
 * and a pointer, and clones of the devices that neither can stand for: see clones.ts.
 */
import { proxyName } from '../config/proxy-name.ts';
import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Notify } from '../host/ports.ts';
import type { Switchboard } from '../host/switchboard-port.ts';
import type { InputDevice } from '../system/input.ts';

const kinds = ['keyboard', 'pointer'] as const;

/** The kernel holds 79 bytes of where a device is, and of what it is called. */
const mostBytes = 79;

/** What a proxy is called in /dev/input/by-handglass, at most `mostNameLength` bytes. */
export function nameOfProxy(target: string, part: string): string {
  return `${proxyName(target)}-${part}`;
}

export const mostNameLength = mostBytes - physOf('').length;

export interface Proxies {
  /** What the switchboard's table says of the targets, in their order; 0 where there is no proxy. */
  targets: { keyboard: number; pointer: number }[];
  /**
   * Gives a target one more: the one that was kept, or a new one if there was none or `fresh`.
   * Throws what `createProxy` throws.
   *
   * @param part what it is called behind the target's name
   * @param title what it is called in words
   */
  add(target: string, part: string, title: string, like: Buffer, fresh: boolean): number;
  /** Lets all that was kept go which has not been asked for; nobody can ask for it any more. */
  forgetRest(): void;
  /** All proxies of a target. */
  of(target: string): readonly number[];
  /** Opens the event devices that udev has made of them. Gives what is wrong with any. */
  follow(devices: readonly InputDevice[]): HandglassError[];
}

/** @param targets those that get proxies, null for a target that gets none */
export function openProxies(
  host: Notify,
  switchboard: Switchboard,
  targets: readonly (string | null)[],
): Proxies {
  const problems: HandglassError[] = [];
  const left = inheritedDescriptors(host);
  const byPhys = new Map<string, number>();
  const byTarget = new Map<string, number[]>();
  const open = new Set<number>();
  const kept = new Set<number>();

  const numbers = targets.map((target) => {
    const [keyboard = 0, pointer = 0] = kinds.map((kind) =>
      target === null ? 0 : addOrReport(target, kind),
    );
    return { keyboard, pointer };
  });

  function addOrReport(target: string, kind: (typeof kinds)[number]): number {
    try {
      return add(target, kind, kind, kind, false);
    } catch (error) {
      if (problems.length === 0) problems.push(uinputProblem(error));
      return 0;
    }
  }

  function add(
    target: string,
    part: string,
    title: string,
    like: (typeof kinds)[number] | Buffer,
    fresh: boolean,
  ): number {
    const name = nameOfProxy(target, part);
    const proxy = (fresh ? null : adopt(name)) ?? create(target, name, title, like);
    byPhys.set(physOf(name), proxy);
    byTarget.set(target, [...(byTarget.get(target) ?? []), proxy]);
    return proxy;
  }

  function adopt(name: string): number | null {
    const { uinput, node } = left.get(name) ?? {};
    if (uinput === undefined || node === undefined) return null;
    try {
      const proxy = switchboard.adoptProxy(uinput, node);
      left.delete(name);
      open.add(proxy);
      kept.add(proxy);
      return proxy;
    } catch {
      // It is made anew, as if there had been none.
      return null;
    }
  }

  function create(
    target: string,
    name: string,
    title: string,
    like: (typeof kinds)[number] | Buffer,
  ): number {
    forget(name);
    return switchboard.createProxy(
      wholeCharacters(`Handglass ${proxyName(target)} ${title}`, mostBytes),
      physOf(name),
      like,
    );
  }

  function forget(name: string): void {
    const { uinput, node } = left.get(name) ?? {};
    left.delete(name);
    if (uinput === undefined && node === undefined) return;
    for (const fd of [uinput, node]) if (fd !== undefined) host.closeDescriptor(fd);
    try {
      for (const part of parts) host.notify(`FDSTOREREMOVE=1\nFDNAME=${storedAs(name, part)}`);
    } catch {
      // What is kept in vain is forgotten at the next start.
    }
  }

  /** The node's own right goes with the domain's start, when libvirt makes it QEMU's. */
  function openNode({ name, path }: InputDevice, proxy: number): HandglassError[] {
    if (open.has(proxy)) return [];
    try {
      switchboard.openNode(proxy, path);
      open.add(proxy);
      return [];
    } catch (error) {
      // udev has not set its rights yet: there will be another look.
      if (isErrno(error, 'ENOENT', 'ENODEV')) return [];
      const what = `The proxy ${name} (${path}) cannot be opened: ${reasonOf(error)}.`;
      const remedy = 'The service has to be in the group input; see units/handglass.rules.';
      return [new HandglassError('input-unavailable', what, remedy, { cause: error })];
    }
  }

  function keep({ name, path, phys }: InputDevice, proxy: number): HandglassError[] {
    if (!open.has(proxy) || kept.has(proxy)) return [];
    try {
      const descriptors = switchboard.descriptors(proxy);
      for (const part of parts) {
        const state = `FDSTORE=1\nFDNAME=${storedAs(phys.slice(physOf('').length), part)}`;
        host.notify(state, [descriptors[part]]);
      }
      kept.add(proxy);
      return [];
    } catch (error) {
      const what = `The service manager does not keep the proxy ${name} (${path}): ${reasonOf(error)}.`;
      const remedy = 'Shut down the domain that reads it before the service is restarted.';
      return [new HandglassError('input-unavailable', what, remedy, { cause: error })];
    }
  }

  return {
    targets: numbers,
    add,
    forgetRest() {
      for (const name of left.keys()) forget(name);
    },
    of: (target) => byTarget.get(target) ?? [],
    follow: (devices) => [
      ...problems,
      ...devices.flatMap((device) => {
        const proxy = byPhys.get(device.phys);
        return proxy === undefined ? [] : [...openNode(device, proxy), ...keep(device, proxy)];
      }),
    ],
  };
}

/** How a proxy is told from other devices, and linked by udev: see units/handglass.rules. */
function physOf(name: string): string {
  return `handglass/${name}`;
}

const parts = ['uinput', 'node'] as const;

type Part = (typeof parts)[number];

function storedAs(name: string, part: Part): string {
  return `${name}.${part}`;
}

function inheritedDescriptors(host: Notify): Map<string, Partial<Record<Part, number>>> {
  const left = new Map<string, Partial<Record<Part, number>>>();
  for (const { name, fd } of host.inherited()) {
    const [, proxy = '', part] = /^(.*)\.(uinput|node)$/.exec(name) ?? [];
    if (part === undefined) host.closeDescriptor(fd);
    else left.set(proxy, { ...left.get(proxy), [part]: fd });
  }
  return left;
}

/** A character that is cut in two would become a longer one. */
function wholeCharacters(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}

function uinputProblem(error: unknown): HandglassError {
  const remedy = isErrno(error, 'ENOENT', 'ENODEV')
    ? 'Load its module: `sudo modprobe uinput`. Then restart the service.'
    : 'Install units/handglass.rules (`sudo sh units/install.sh`), then restart the service.';
  return new HandglassError(
    'input-unavailable',
    `No keyboard or mouse can be handed to a domain, since /dev/uinput cannot be used: ${reasonOf(error)}.`,
    remedy,
    { cause: error },
  );
}
