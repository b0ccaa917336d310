/** All that the doctor knows of a machine. What could not be read is null, its reason kept beside it. */
import type { Config, LookingGlass } from '../config/schema.ts';
import type { DomainXml } from '../libvirt/domain-xml.ts';
import type { FileFacts } from '../host/ports.ts';
import type { Boot } from '../system/boot.ts';
import type { Cpu } from '../system/cpu.ts';
import type { InputDevice } from '../system/input.ts';
import type { Kernel } from '../system/kernel.ts';
import type { KernelLog } from '../system/kernel-log.ts';
import type { Membership } from '../system/memberships.ts';
import type { Memory } from '../system/memory.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import type { ServiceParts } from '../system/service-parts.ts';
import type { Unread } from '../system/unread.ts';
import type { UsbDevice } from '../system/usb.ts';
import type { DiskUse } from '../system/usb-disks.ts';
import type { Virtualization } from '../system/virtualization.ts';
import type { UefiVerdict } from '../vbios/rom.ts';
import type { XorgDevice } from '../system/xorg.ts';

export interface Facts {
  cpu: Cpu;
  kernel: Kernel;
  memory: Memory;
  boot: Boot;
  log: KernelLog;
  pci: PciSurvey;
  virtualization: Virtualization;
  service: ServiceParts;
  devices: DeviceFacts;
  people: People;
  configuration: Configuration;
  sharedMemory: SharedMemory[];
  libvirt: Libvirt;
  /** What lies at each path that a domain names, and at the folders of ROMs. */
  paths: ReadonlyMap<string, PathFacts>;
  /** What is in each file that a domain names as the ROM of a card, or else in its own where that is shown. */
  roms: ReadonlyMap<string, RomFacts>;
}

/** What a few files tell: no program is started for it, no log read, and no device looked at. */
export interface QuickFacts extends Pick<Facts, 'cpu' | 'kernel' | 'boot'> {
  pci: Pick<PciSurvey, 'iommu'>;
  virtualization: Pick<Virtualization, 'kvmNode' | 'unread'>;
}

/** What the selectors of a configuration are held against. */
export interface SelectorFacts {
  configuration: Pick<Configuration, 'config'>;
  devices: Pick<DeviceFacts, 'usb' | 'input' | 'unread'>;
}

export interface DeviceFacts {
  usb: UsbDevice[] | null;
  input: InputDevice[] | null;
  /** Paths of event devices that the service has no right to read. */
  closedInput: string[] | null;
  /** Cards that Xorg was told to use. */
  xorg: XorgDevice[] | null;
  unread: Unread;
}

/** `absent` is who the machine does not know. */
export interface People {
  /** Who asks, as things are. */
  caller: Membership | null;
  /** The same by the machine's databases, which a login after the last change would follow. */
  callerAnew: Membership | 'absent' | null;
  service: Membership | 'absent' | null;
  /** Who QEMU runs as under libvirt. */
  qemu: Membership | 'absent' | null;
  unread: Unread;
}

export interface Configuration {
  path: string;
  state: 'read' | 'absent' | 'wrong';
  config: Config | null;
  /** What is wrong with it, in lines. */
  problem: string;
}

/** A file of Looking Glass that the configuration names. */
export interface SharedMemory {
  entry: LookingGlass;
  /** What it has to have, in bytes. */
  bytes: number;
  uid: number | 'absent' | null;
  gid: number | 'absent' | null;
  found: FileFacts | 'absent' | null;
  unread: Unread;
}

export interface Libvirt {
  uri: string;
  /** Null where libvirt could not be asked. */
  domains: Domain[] | null;
  unread: Unread;
}

export interface Domain {
  name: string;
  isRunning: boolean;
  xml: DomainXml | null;
  unread: Unread;
}

export interface PathFacts {
  found: FileFacts | 'absent' | null;
  /** How the host uses the block device there. */
  uses: DiskUse[];
  unread: Unread;
}

export interface RomFacts {
  uefi: UefiVerdict | null;
  /** The cards that its images are for: `10de:13c2`. */
  cards: string[];
  /** Bytes that a vendor has put in front. */
  headerBytes: number;
  unread: Unread;
}
