/** What a domain's XML says of all that it needs of the host. */
import type { XmlElement } from '@rgrove/parse-xml';
import { type NamedUsb, namedUsbIn } from './usb-hostdev.ts';
import { childElements, childrenOf, rootOf } from './xml-children.ts';

export interface DomainXml {
  name: string;
  /** KiB. */
  memory: number | null;
  /** Whether its memory is in huge pages, and of which sizes in KiB, where it says that. */
  hugePages: { sizes: number[] } | null;
  vcpus: number | null;
  pins: Pin[];
  cpu: Cpu;
  /** Whether the guest is kept from seeing that it runs under KVM. */
  isHidden: boolean;
  /** What it is told of the hypervisor: 12 characters at most. */
  vendorId: string | null;
  hasHyperv: boolean;
  firmware: FirmwareUse;
  pci: PciHostdev[];
  usb: NamedUsb[];
  /** Those that are shared memory with a name in /dev/shm. */
  shmems: { name: string; model: string; bytes: number | null }[];
  /** Paths of event devices: `evdev` through QEMU's own keyboard, `passthrough` through virtio. */
  input: { kind: 'evdev' | 'passthrough'; path: string }[];
  /** Files and devices that it has as disks. */
  disks: { kind: string; path: string }[];
  /** Of the controllers' and devices' models those on virtio. */
  virtioDevices: number;
  /** Devices of the host, on PCI, USB and others. */
  hostdevs: number;
  hasUsbController: boolean;
  /** Model of the device through which memory is taken back; null where none is named. */
  memballoon: string | null;
  /** `spice`, `vnc`. */
  graphics: string[];
  /** `pc-q35-8.2`. */
  machine: string | null;
  /** What is passed to QEMU as it stands. */
  extra: { arguments: string[]; environment: string[] };
}

interface Pin {
  /** A vcpu's number, or what else is pinned: `emulator`, `iothread 1`. */
  what: number | string;
  /** A list such as `0-3,^2`. */
  cpus: string;
}

interface Cpu {
  mode: string | null;
  topology: { sockets: number; cores: number; threads: number } | null;
  /** Policies of features by name. */
  features: Record<string, string>;
}

interface FirmwareUse {
  isUefi: boolean;
  loader: string | null;
  variables: string | null;
  template: string | null;
}

export interface PciHostdev {
  /** `0000:01:00.0`. */
  address: string;
  /** Whether libvirt changes its driver by itself. */
  isManaged: boolean;
  rom: { isShown: boolean; file: string | null };
}

/** Throws where it is no XML of a domain. */
export function parseDomainXml(xml: string): DomainXml {
  const root = rootOf(xml);
  if (root?.name !== 'domain') throw new Error('it is no XML of a domain');
  const devices = childrenOf(root, 'devices').flatMap(childElements);
  const named = (name: string) => devices.filter((each) => each.name === name);
  const features = at(root, 'features');
  const extra = childrenOf(root, 'qemu:commandline').flatMap(childElements);
  return {
    name: textOf(at(root, 'name')) ?? '',
    memory: kibOf(at(root, 'memory')),
    hugePages: hugePagesOf(at(root, 'memoryBacking')),
    vcpus: numberFrom(textOf(at(root, 'vcpu'))),
    pins: childrenOf(root, 'cputune').flatMap(childElements).flatMap(pinOf),
    cpu: cpuOf(at(root, 'cpu')),
    isHidden: at(at(features, 'kvm'), 'hidden')?.attributes['state'] === 'on',
    vendorId: vendorIdOf(at(at(features, 'hyperv'), 'vendor_id')),
    hasHyperv: at(features, 'hyperv') !== undefined,
    firmware: firmwareOf(at(root, 'os')),
    pci: named('hostdev').flatMap(pciHostdevOf),
    usb: namedUsbIn(root),
    shmems: named('shmem').map((element) => ({
      name: element.attributes['name'] ?? '',
      model: at(element, 'model')?.attributes['type'] ?? 'ivshmem',
      bytes: kibOf(at(element, 'size'), 'B'),
    })),
    input: named('input').flatMap(inputOf),
    disks: named('disk').flatMap(diskOf),
    virtioDevices: devices.filter(isVirtio).length,
    hostdevs: named('hostdev').length,
    hasUsbController: named('controller').some(
      ({ attributes }) => attributes['type'] === 'usb' && attributes['model'] !== 'none',
    ),
    memballoon: named('memballoon')[0]?.attributes['model'] ?? null,
    graphics: named('graphics').flatMap(({ attributes }) => attributes['type'] ?? []),
    machine: at(at(root, 'os'), 'type')?.attributes['machine'] ?? null,
    extra: {
      arguments: valuesOf(extra, 'qemu:arg', 'value'),
      environment: valuesOf(extra, 'qemu:env', 'name'),
    },
  };
}

function at(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element === undefined ? undefined : childrenOf(element, name)[0];
}

function textOf(element: XmlElement | undefined): string | null {
  return element?.text.trim() ?? null;
}

function numberFrom(text: string | null | undefined): number | null {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : null;
}

/** In the units of libvirt's documentation; `B` gives bytes in place of KiB. */
function kibOf(element: XmlElement | undefined, as: 'KiB' | 'B' = 'KiB'): number | null {
  const count = numberFrom(textOf(element));
  const unit = units.get(element?.attributes['unit'] ?? 'KiB');
  if (count === null || unit === undefined) return null;
  return as === 'B' ? count * unit : (count * unit) / 1024;
}

const units = new Map(
  Object.entries({
    b: 1,
    bytes: 1,
    KB: 1000,
    k: 1024,
    KiB: 1024,
    MB: 1000 ** 2,
    M: 1024 ** 2,
    MiB: 1024 ** 2,
    GB: 1000 ** 3,
    G: 1024 ** 3,
    GiB: 1024 ** 3,
    T: 1024 ** 4,
    TiB: 1024 ** 4,
  }),
);

function hugePagesOf(backing: XmlElement | undefined): DomainXml['hugePages'] {
  const element = at(backing, 'hugepages');
  if (element === undefined) return null;
  const sizes = childrenOf(element, 'page').flatMap(({ attributes }) => {
    const size = numberFrom(attributes['size']);
    const unit = units.get(attributes['unit'] ?? 'KiB');
    return size === null || unit === undefined ? [] : [(size * unit) / 1024];
  });
  return { sizes };
}

function pinOf({ name, attributes }: XmlElement): Pin[] {
  const cpus = attributes['cpuset'];
  if (cpus === undefined) return [];
  if (name === 'vcpupin') {
    const what = numberFrom(attributes['vcpu']);
    return what === null ? [] : [{ what, cpus }];
  }
  if (name === 'emulatorpin') return [{ what: 'emulator', cpus }];
  if (name === 'iothreadpin') return [{ what: `iothread ${attributes['iothread']}`, cpus }];
  return [];
}

function cpuOf(element: XmlElement | undefined): Cpu {
  const topology = at(element, 'topology')?.attributes;
  const count = (name: string) => numberFrom(topology?.[name]) ?? 1;
  const features = element === undefined ? [] : childrenOf(element, 'feature');
  return {
    mode: element?.attributes['mode'] ?? null,
    topology:
      topology === undefined
        ? null
        : {
            sockets: count('sockets'),
            cores: count('dies') * count('clusters') * count('cores'),
            threads: count('threads'),
          },
    features: Object.fromEntries(
      features.map(({ attributes }) => [
        attributes['name'] ?? '',
        attributes['policy'] ?? 'require',
      ]),
    ),
  };
}

function vendorIdOf(element: XmlElement | undefined): string | null {
  if (element?.attributes['state'] !== 'on') return null;
  return element.attributes['value'] ?? null;
}

function firmwareOf(os: XmlElement | undefined): FirmwareUse {
  const loader = at(os, 'loader');
  const variables = at(os, 'nvram');
  return {
    isUefi:
      os?.attributes['firmware'] === 'efi' ||
      loader?.attributes['type'] === 'pflash' ||
      variables !== undefined,
    loader: textOf(loader) || null,
    variables: textOf(variables) || (at(variables, 'source')?.attributes['file'] ?? null),
    template: variables?.attributes['template'] ?? null,
  };
}

function pciHostdevOf(element: XmlElement): PciHostdev[] {
  if (element.attributes['type'] !== 'pci') return [];
  const place = at(at(element, 'source'), 'address')?.attributes;
  const part = (name: string, digits: number) =>
    (place?.[name] ?? '0x0').replace(/^0x/i, '').toLowerCase().padStart(digits, '0');
  const address = `${part('domain', 4)}:${part('bus', 2)}:${part('slot', 2)}.${part('function', 1)}`;
  const rom = at(element, 'rom')?.attributes;
  return [
    {
      address,
      isManaged: element.attributes['managed'] === 'yes',
      rom: {
        isShown: rom?.['bar'] !== 'off' && rom?.['enabled'] !== 'no',
        file: rom?.['file'] ?? null,
      },
    },
  ];
}

function inputOf(element: XmlElement): DomainXml['input'] {
  const source = at(element, 'source')?.attributes;
  const kind = element.attributes['type'];
  if (kind !== 'evdev' && kind !== 'passthrough') return [];
  const path = source?.['dev'] ?? source?.['evdev'];
  return path === undefined ? [] : [{ kind, path }];
}

function diskOf(element: XmlElement): DomainXml['disks'] {
  const source = at(element, 'source')?.attributes;
  const path = source?.['file'] ?? source?.['dev'];
  return path === undefined ? [] : [{ kind: element.attributes['type'] ?? 'file', path }];
}

function isVirtio(element: XmlElement): boolean {
  const model = at(element, 'model')?.attributes['type'] ?? element.attributes['model'] ?? '';
  const bus = at(element, 'target')?.attributes['bus'] ?? element.attributes['bus'] ?? '';
  return model.startsWith('virtio') || bus === 'virtio';
}

function valuesOf(elements: readonly XmlElement[], name: string, attribute: string): string[] {
  return elements
    .filter((each) => each.name === name)
    .flatMap(({ attributes }) => attributes[attribute] ?? []);
}
