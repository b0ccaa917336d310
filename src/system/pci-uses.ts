/** What the host itself does with its PCI devices, and would have to do without. */
import type { ReadFiles } from '../host/ports.ts';
import { attribute, namesIn, unlessGone } from './attributes.ts';
import { isBluetoothAdapter, isOnBluetooth } from './bluetooth.ts';
import { boundedMap } from './bounded.ts';
import { firmwareScreens } from './firmware-screens.ts';
import { type InputDevice, inputDevices, isMadeByProgram } from './input.ts';
import type { InputKind } from './input-capabilities.ts';
import { interfaceUses, type InterfaceUse } from './network-uses.ts';
import { pciAddressIn } from './pci-address.ts';
import type { PciDevice } from './pci.ts';
import { printable } from '../printable.ts';
import { type Unread, unlessUnread } from './unread.ts';
import { usbDevices, type UsbDevice } from './usb.ts';
import { type DiskUse, diskUsesBy } from './usb-disks.ts';

export type PciUse =
  /** A display is connected; `connector` is `card0-HDMI-A-1`. */
  | { kind: 'display'; connector: string }
  /** The host shows on it without its driver; `name` is the kernel's of the framebuffer. */
  | { kind: 'firmware-screen'; name: string }
  | { kind: 'disk'; use: DiskUse }
  | ({ kind: 'network' } & InterfaceUse)
  | { kind: 'input'; what: InputKind; name: string; port: string }
  /** Another USB device than those for input, hubs aside. */
  | { kind: 'usb'; name: string; port: string }
  /** `card` is the sound card's short name. */
  | { kind: 'sound'; card: string };

export interface PciUses {
  /** By address. What is not used is left out. */
  byDevice: ReadonlyMap<string, PciUse[]>;
  /** Graphics cards whose drivers show their connectors, whether anything is on these or not. */
  withConnectors: ReadonlySet<string>;
  /** Names of keyboards to type on that hang on no USB controller, such as a laptop's own. */
  otherKeyboards: string[];
  /** Why kinds of use could not be read: then nothing is known of them. */
  unread: Unread;
}

/** @param devices of the machine, among them the card that it started on */
export async function pciUses(host: ReadFiles, devices: readonly PciDevice[]): Promise<PciUses> {
  const unread: Unread = {};
  const shown = (await unlessUnread(unread, 'display', () => connectors(host))) ?? [];
  const screens =
    (await unlessUnread(unread, 'display', () => firmwareScreens(host, devices))) ?? [];
  const uses: [string, PciUse][][] = [
    shown.flatMap(({ address, connector, status }) =>
      status === 'connected' ? [[address, { kind: 'display', connector }]] : [],
    ),
    screens.map(({ address, name }) => [address, { kind: 'firmware-screen', name }]),
    (await unlessUnread(unread, 'disk', () => disks(host))) ?? [],
    (await unlessUnread(unread, 'network', () => networks(host))) ?? [],
  ];
  const usb = (await unlessUnread(unread, 'usb', () => usbDevices(host))) ?? [];
  const input = (await unlessUnread(unread, 'input', () => inputDevices(host))) ?? [];
  uses.push(
    plugged(usb, input),
    (await unlessUnread(unread, 'sound', () => soundCards(host))) ?? [],
  );
  const byDevice = new Map<string, PciUse[]>();
  for (const [address, use] of uses.flat()) {
    byDevice.set(address, [...(byDevice.get(address) ?? []), use]);
  }
  return {
    byDevice,
    withConnectors: new Set(shown.map(({ address }) => address)),
    otherKeyboards: otherKeyboards(input),
    unread,
  };
}

/** The kernel has looked at the connectors before; to read this asks no display anything. */
async function connectors(
  host: ReadFiles,
): Promise<{ address: string; connector: string; status: string | null }[]> {
  const names = (await namesIn(host, drmFolder)).filter((name) => /^card\d+-/.test(name));
  const found = await boundedMap(names, 8, async (name) => {
    const address = pciAddressIn(await host.readLink(`${drmFolder}/${name}`));
    if (address === null) return [];
    const status = await unlessGone(attribute(host, `${drmFolder}/${name}/status`));
    return [{ address, connector: printable(name), status }];
  });
  return found.flat();
}

const drmFolder = '/sys/class/drm';

async function disks(host: ReadFiles): Promise<[string, PciUse][]> {
  const uses = await diskUsesBy(host, async (place) => {
    const subsystem = /\/virtual\/nvme-subsystem\/([\w-]+)\//.exec(place)?.[1];
    return subsystem === undefined ? pciAddressIn(place) : nvmeController(host, subsystem);
  });
  return [...uses].flatMap(([address, own]) =>
    own.map((use): [string, PciUse] => [address, { kind: 'disk', use }]),
  );
}

/** A disk that may have several ways to it lies in none of them: its subsystem links to each. */
async function nvmeController(host: ReadFiles, subsystem: string): Promise<string | null> {
  const folder = `/sys/class/nvme-subsystem/${subsystem}`;
  const controller = (await namesIn(host, folder)).find((name) => /^nvme\d+$/.test(name));
  if (controller === undefined) return null;
  return pciAddressIn(await host.readLink(`${folder}/${controller}`));
}

async function networks(host: ReadFiles): Promise<[string, PciUse][]> {
  return (await interfaceUses(host)).map(({ address, use }) => [
    address,
    { kind: 'network', ...use },
  ]);
}

function plugged(usb: readonly UsbDevice[], input: readonly InputDevice[]): [string, PciUse][] {
  const wireless = input.find((device) => device.kind === 'keyboard' && isOnBluetooth(device));
  return usb
    .filter(({ isHub }) => !isHub)
    .flatMap((device): [string, PciUse][] => {
      const { port, name, controller } = device;
      if (controller === null) return [];
      // With its adapter a keyboard goes too.
      if (wireless !== undefined && isBluetoothAdapter(device)) {
        const both = `${wireless.name} on ${name}`;
        return [[controller, { kind: 'input', what: 'keyboard', name: both, port }]];
      }
      const kinds = input.filter((each) => each.port === port).map(({ kind }) => kind);
      const what = inputOrder.find((kind) => kinds.includes(kind));
      return [
        [
          controller,
          what === undefined ? { kind: 'usb', name, port } : { kind: 'input', what, name, port },
        ],
      ];
    });
}

/** What a device is that has several nodes; a headset with buttons is none for input. */
const inputOrder: readonly InputKind[] = [
  'keyboard',
  'mouse',
  'touchpad',
  'tablet',
  'touchscreen',
  'gamepad',
];

/** What is on Bluetooth is on an adapter, which may go too. */
function otherKeyboards(input: readonly InputDevice[]): string[] {
  return input
    .filter((device) => device.kind === 'keyboard' && device.port === null)
    .filter((device) => !isMadeByProgram(device) && !isOnBluetooth(device))
    .map(({ name }) => name);
}

async function soundCards(host: ReadFiles): Promise<[string, PciUse][]> {
  const folder = '/sys/class/sound';
  const names = (await namesIn(host, folder)).filter((name) => /^card\d+$/.test(name));
  const found = await boundedMap(names, 8, async (name): Promise<[string, PciUse][]> => {
    const place = await host.readLink(`${folder}/${name}`);
    const address = pciAddressIn(place);
    // A headset is told of by what it is plugged into.
    if (address === null || /\/usb\d+\//.test(place)) return [];
    const card = await unlessGone(attribute(host, `${folder}/${name}/id`));
    return [[address, { kind: 'sound', card: printable(card ?? name) }]];
  });
  return found.flat();
}
