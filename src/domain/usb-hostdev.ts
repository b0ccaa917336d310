/** USB devices of the host that domains have. */

/** A device where it is plugged in, as a domain is told of it. */
export interface UsbAddress {
  port: string;
  bus: number;
  device: number;
  vendor: string;
  product: string;
}

/** What a domain has. The kernel gives a device that is plugged in anew another number. */
export interface UsbHostdev {
  bus: number;
  device: number;
  /** Null where whoever attached it gave it none. */
  alias: string | null;
}

/**
 * The alias of a device that we attached, from its port. It is how we find again what is ours, and
 * we detach nothing without it. Libvirt wants `ua-`, and neither it nor QEMU likes every character.
 */
export function aliasFor(port: string): string {
  return `ua-handglass-${port.replaceAll('.', '_')}`;
}

/** Whether a domain has this by our doing. */
export function hasOurAlias<Hostdev extends Pick<UsbHostdev, 'alias'>>(
  hostdev: Hostdev,
): hostdev is Hostdev & { alias: string } {
  return hostdev.alias?.startsWith(aliasFor('')) ?? false;
}

/** Whether this is the device that a domain has. */
export function isSameDevice(
  hostdev: Pick<UsbHostdev, 'bus' | 'device'>,
  { bus, device }: Pick<UsbAddress, 'bus' | 'device'>,
): boolean {
  return hostdev.bus === bus && hostdev.device === device;
}

/** Whether a domain has what is on this device's port by our doing. */
export function isOurs(
  hostdev: UsbHostdev,
  { port }: Pick<UsbAddress, 'port'>,
): hostdev is UsbHostdev & { alias: string } {
  return hostdev.alias === aliasFor(port);
}

/** Whether a domain has this very device by our doing. */
export function holds(attached: readonly UsbHostdev[], device: UsbAddress): boolean {
  return attached.some((hostdev) => isOurs(hostdev, device) && isSameDevice(hostdev, device));
}

/** The USB ports of a domain, those of hubs in it included. */
export interface UsbPorts {
  /** None where it has no USB controller. */
  all: number;
  free: number;
  /** How it gets more, as a sentence, where that is not libvirt's to do. */
  remedy?: string;
}

/** What can be done with the USB host devices of running domains. */
export interface Hostdevs {
  /** What the domain has now; nothing when it does not run. */
  attached(domain: string): Promise<UsbHostdev[]>;
  /** The same, and its USB ports; null where nothing tells of them. */
  usbOf(domain: string): Promise<{ hostdevs: UsbHostdev[]; ports: UsbPorts | null }>;
  /**
   * Resolves once each device is with the domain or will not be: with why those are not that it does
   * not have then, a DomainRefusal mostly. Rejects where nobody can say.
   */
  attach(domain: string, devices: readonly UsbAddress[]): Promise<Map<UsbAddress, unknown>>;
  /**
   * Resolves once the domain has let go of each device of these aliases or will not: with why those
   * are not gone. Rejects where nobody can say.
   */
  detach(domain: string, aliases: readonly string[]): Promise<Map<string, unknown>>;
  /**
   * Takes what is ours on this port from a QEMU that has it though nobody lists it; gives whether it had any.
   * Not needed where the list is QEMU's own.
   */
  evict?(domain: string, port: string): Promise<boolean>;
}

/** Detaches one device; rejects with why it is not gone. */
export async function detachOne(
  hostdevs: Pick<Hostdevs, 'detach'>,
  domain: string,
  alias: string,
): Promise<void> {
  const failures = await hostdevs.detach(domain, [alias]);
  if (failures.has(alias)) throw failures.get(alias);
}
