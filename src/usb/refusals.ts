/** What never goes to a domain, and what its user can do about it. */
import { HandglassError } from '../errors.ts';
import type { UsbPorts } from '../domain/usb-hostdev.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { DiskUse } from '../system/usb-disks.ts';
import { usbDeviceText } from './selector.ts';

/** What this machine does with its USB devices, by port. */
export interface UsbUses {
  disks: ReadonlyMap<string, readonly DiskUse[]>;
  /** Those that a seat reads by a selector of its `input`, and the Bluetooth adapters of what it reads. */
  sources: ReadonlyMap<string, SourceUse>;
}

interface SourceUse {
  seat: string;
  selector: string;
  /** What the seat reads by that, where the device is an adapter. */
  onBluetooth?: string;
}

export interface Refusal {
  /** A device or the domain, as people call it. */
  subject: string;
  /** A clause without a full stop. */
  reason: string;
  /** A sentence. */
  remedy: string;
}

/** Why the host cannot do without a device; nothing where it can. */
export function refusalsOf(device: UsbDevice, { disks, sources }: UsbUses): Refusal[] {
  const { port, isHub } = device;
  const subject = usbDeviceText(device);
  const source = sources.get(port);
  const reasons = [
    ...(isHub ? [hubRefusal(port)] : []),
    ...(disks.get(port) ?? []).map(diskRefusal),
    ...(source === undefined ? [] : [sourceRefusal(subject, source)]),
  ];
  return reasons.map((each) => ({ subject, ...each }));
}

/** @param needed how many more devices are to come */
export function portRefusals(domain: string, ports: UsbPorts | null, needed: number): Refusal[] {
  if (ports === null || needed <= ports.free) return [];
  const again = `and start ${domain} anew.`;
  if (ports.all === 0) {
    const reason = 'it has no USB controller';
    const remedy =
      ports.remedy ??
      `Add <controller type='usb' model='qemu-xhci' ports='15'/> to its <devices> with \`virsh edit ${domain}\`, ${again}`;
    return [{ subject: domain, reason, remedy }];
  }
  const reason = `${needed} free USB ports needed, it has ${ports.free} of ${ports.all}`;
  const remedy = `Give its USB controller more with \`virsh edit ${domain}\`, such as model='qemu-xhci' ports='15', ${again}`;
  return [{ subject: domain, reason, remedy }];
}

/** What ends that a domain has a device by its own XML, or by another program. */
export function foreignRemedy(domain: string): string {
  return `Take it out of ${domain} with \`virsh edit ${domain}\`, and with \`virsh detach-device\` while it runs; or take it out of \`usb\` in the configuration.`;
}

/** Every refusal at once. */
export function refused(
  domain: string,
  refusals: readonly Refusal[],
  devices = 'USB devices',
): HandglassError {
  const stories = Map.groupBy(refusals, ({ subject }) => subject);
  const what = [...stories].map(
    ([subject, own]) => `${subject}: ${[...new Set(own.map(({ reason }) => reason))].join(', ')}.`,
  );
  const remedies = new Set(refusals.map(({ remedy }) => remedy));
  return new HandglassError(
    'device-refused',
    `The ${devices} cannot go to ${domain}. ${what.join(' ')}`,
    [...remedies].join(' '),
  );
}

type Reason = Omit<Refusal, 'subject'>;

function hubRefusal(port: string): Reason {
  return {
    reason: 'it is a hub, and all that is plugged in below it would vanish',
    remedy: `What is plugged in below it goes by { hub = "${port}" }.`,
  };
}

/** Why a disk that is used so stays, and how that use is ended. */
export function diskRefusal(use: DiskUse): Reason {
  const { kind, node } = use;
  if (kind === 'mounted') return mountRefusal(node, use.places);
  if (kind === 'swap') {
    return { reason: `${node} is swap space`, remedy: `Say \`sudo swapoff ${node}\`.` };
  }
  if (kind === 'btrfs') {
    return {
      reason: `${node} is a part of the Btrfs ${use.uuid}, which is mounted`,
      remedy: '`findmnt --types btrfs` shows where: say `sudo umount` of that.',
    };
  }
  if (kind === 'zfs') {
    return {
      reason: `${node} is a part of the ZFS pool ${use.pool}`,
      remedy: `Say \`sudo zpool export ${use.pool}\`.`,
    };
  }
  return {
    reason: `${node} is a part of ${use.of}`,
    remedy: `Close ${use.of} with what made it: \`sudo cryptsetup close\`, \`sudo vgchange --activate n\` or \`sudo mdadm --stop\`.`,
  };
}

function mountRefusal(node: string, places: readonly string[]): Reason {
  const reason = `${node} is mounted on ${places.join(' and ')}`;
  if (places.includes('/')) {
    return {
      reason,
      remedy: `The host runs from ${node}: take that device out of the \`usb\` list.`,
    };
  }
  return { reason, remedy: `Say \`sudo umount ${places.map(quoted).join(' ')}\`.` };
}

function sourceRefusal(subject: string, { seat, selector, onBluetooth }: SourceUse): Reason {
  if (onBluetooth !== undefined) {
    return {
      reason: `the seat "${seat}" reads ${onBluetooth} on Bluetooth by ${selector}, which would go with it`,
      remedy: `Remove ${subject} from \`usb\`, or put a keyboard or mouse with a cable or a receiver of its own into \`input\` of "${seat}" in the place of ${onBluetooth}.`,
    };
  }
  return {
    reason: `the seat "${seat}" reads it by ${selector}`,
    remedy: `Remove ${subject} from one of the two lists: \`input\` of "${seat}", or \`usb\`.`,
  };
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
