/**
 * Machines as data, from which `buildMachine` makes trees of /sys, /proc and /usr. What is listed in
 * public is kept as it was listed: addresses, ids, names, groups and drivers. What a listing leaves out
 * and a look at a machine needs (what is plugged in, which disk is mounted) is made up beside it.
 */
import type { PluggedController, PluggedInput, PluggedUsb } from '../system/sysfs.ts';

export interface Machine {
  title: string;
  /** `uname -r`. */
  kernel: string;
  commandLine: string;
  cpu: {
    vendor: 'GenuineIntel' | 'AuthenticAMD';
    name: string;
    cores: number;
    threadsPerCore: 1 | 2;
    /** Small ones of one thread each, behind the others. */
    smallCores?: number;
    /** How many share a cache of the third level, where that is told. */
    coresPerCache?: number;
    /** Of /proc/cpuinfo. */
    flags: string;
  };
  /** NUMA nodes by the root bus that hangs on each: `{ '40': 1 }`; none where there is but one. */
  nodes?: Record<string, number>;
  memoryMib: number;
  /** Null while it is off. */
  iommu: { kind: 'intel' | 'amd'; interruptsRemapped: boolean; type?: string } | null;
  /** Names in /sys/firmware/acpi/tables besides those that all machines have. */
  acpiTables?: string[];
  /** By id. */
  vendors: Record<string, string>;
  pci: PciCard[];
  usb?: PluggedUsb[];
  /** `/etc/os-release`. */
  distribution: string;
  input?: PluggedInput[];
  disks?: Disk[];
  network?: NetworkCard[];
  /** Anything else, by path. */
  files?: Record<string, string>;
}

/** One function of a PCI device. */
export interface PciCard {
  /** Without its domain: `01:00.0`. */
  at: string;
  /** Class, with or without interface, ids, revision: `0300 10de:1380 a2`. */
  is: string;
  name: string;
  /** Its subsystem's ids: `1458:3fca`. */
  subsystem?: string;
  /** Null or none: what the kernel put into no group. */
  group?: number;
  driver?: string;
  /** What would drive it. */
  modules?: string[];
  /** The bridge that it is below, by its `at`. */
  under?: string;
  /** How it can be reset: `flr bus`. */
  reset?: string;
  /** The firmware shows its screen on it. */
  boot?: boolean;
  /** Sizes: `16M`, `256M pref 64`, `io 128`. */
  bars?: string[];
  rom?: boolean;
  power?: string;
  /** Whether a display is connected, by connector. */
  connectors?: Record<string, boolean>;
  /** The sound card's short name. */
  sound?: string;
  /** Of a USB controller. */
  buses?: PluggedController['buses'];
}

export interface Disk {
  /** A disk or partition: `sda2`. */
  name: string;
  /** Its controller, by the card's `at`. */
  on: string;
  /** `8:2`. */
  number: string;
  mounted?: string[];
}

export interface NetworkCard {
  name: string;
  on: string;
  /** The bridge that it is a port of. */
  bridge?: string;
  /** Of the interface or its bridge. */
  route?: 'default' | 'address';
}
