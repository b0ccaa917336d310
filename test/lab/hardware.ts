/** The virtual host's hardware, as QEMU's arguments. */
import type { Image } from './image/image.ts';

export interface Sockets {
  qmp: string;
  agent: string;
  labctl: string;
}

/** What `labctl plug` and `unplug` move: USB devices on fixed ports of the xHCI controller. */
export const usbDevices = {
  keyboard: { driver: 'usb-kbd', serial: 'KBD1', port: '1' },
  mouse: { driver: 'usb-mouse', serial: 'MOUSE1', port: '2' },
  // Tied to the spare display, or QEMU would give its keys to whichever keyboard came last.
  keyboard2: { driver: 'usb-kbd', serial: 'KBD2', port: '3', display: 'spare-display' },
  stick: { driver: 'usb-storage', serial: 'STICK1', port: '4', drive: 'stick', removable: true },
} as const;

/** What is not plugged in at first. The disk holds the system's own file system, not to be written. */
export const laterUsbDevices = {
  hub: { driver: 'usb-hub', port: '5' },
  disk: { driver: 'usb-storage', serial: 'DISK1', port: '6', drive: 'system' },
} as const;

export const usbBus = 'xhci.0';

/** The host's own devices first, of two optical drives an empty one, then three to pass on, each behind a root port of its own. */
const devices = [
  { driver: 'intel-iommu', intremap: 'on', 'caching-mode': true },
  { driver: 'VGA' },
  { driver: 'virtio-blk-pci', drive: 'root' },
  { driver: 'virtio-blk-pci', drive: 'checkout' },
  { driver: 'ide-cd', bus: 'ide.0', drive: 'disc' },
  { driver: 'ide-cd', bus: 'ide.1' },
  { driver: 'virtio-serial-pci' },
  { driver: 'virtserialport', chardev: 'agent', name: 'lab.agent' },
  { driver: 'virtserialport', chardev: 'labctl', name: 'lab.labctl' },
  { driver: 'qemu-xhci', id: 'xhci', p2: 8, p3: 8 },
  { driver: 'pcie-root-port', id: 'root-port-1', chassis: 1, slot: 1 },
  { driver: 'pcie-root-port', id: 'root-port-2', chassis: 2, slot: 2 },
  { driver: 'pcie-root-port', id: 'root-port-3', chassis: 3, slot: 3 },
  { driver: 'bochs-display', id: 'spare-display', bus: 'root-port-1' },
  { driver: 'e1000e', id: 'spare-network', bus: 'root-port-2', romfile: '', netdev: 'nowhere' },
  { driver: 'qemu-xhci', id: 'spare-usb', bus: 'root-port-3' },
];

export interface Disks {
  root: string;
  /** Whether what the machine writes on the root disk stays there. */
  keep: boolean;
  checkout: string;
}

export function qemuArguments(
  image: Image,
  disks: Disks & { disc: string },
  sockets: Sockets,
  console: string,
  options: {
    accel: 'tcg' | 'kvm';
    processors: 1 | 2;
    icount?: boolean;
    kernelOptions: string;
  },
): string[] {
  const socket = (id: string, path: string) =>
    `socket,id=${id},path=${escaped(path)},server=on,wait=off`;
  const usb = Object.entries(usbDevices).map(([id, device]) => ({ id, bus: usbBus, ...device }));
  return [
    ['-nodefaults', '-no-user-config'],
    ['-display', 'none'],
    // Without PS/2, which would take the keys of a keyboard that was plugged in anew.
    ['-machine', 'q35,kernel-irqchip=split,i8042=off'],
    ...processorArguments(options),
    ['-m', '4096'],
    ['-kernel', image.kernel],
    ['-initrd', image.initrd],
    [
      '-append',
      `console=ttyS0 quiet panic=-1 ${kernelOptionsFor(options)} intel_iommu=on iommu=pt ${options.kernelOptions}`,
    ],
    drive('root', disks.root, disks.keep ? '' : 'snapshot=on,'),
    drive('checkout', disks.checkout, 'readonly=on,'),
    ['-blockdev', 'driver=null-co,node-name=stick,read-zeroes=on,size=67108864'],
    ['-blockdev', `driver=file,node-name=system,read-only=on,filename=${escaped(image.disk)}`],
    ['-blockdev', `driver=file,node-name=disc,read-only=on,filename=${escaped(disks.disc)}`],
    ['-chardev', socket('agent', sockets.agent)],
    ['-chardev', socket('labctl', sockets.labctl)],
    ['-qmp', `unix:${escaped(sockets.qmp)},server=on,wait=off`],
    ['-serial', `file:${escaped(console)}`],
    // QEMU warns of a network card without a peer; this one lets nothing through.
    ['-netdev', 'user,id=nowhere,restrict=on'],
    ...[...devices, ...usb].map((device) => ['-device', JSON.stringify(device)]),
  ].flat();
}

function drive(id: string, file: string, how: string): string[] {
  return ['-drive', `id=${id},if=none,format=raw,cache=unsafe,${how}file=${escaped(file)}`];
}

function processorArguments({
  accel,
  processors,
  icount = false,
}: {
  accel: 'tcg' | 'kvm';
  processors: 1 | 2;
  icount?: boolean;
}): string[][] {
  if (icount) {
    return [
      ['-accel', `tcg,thread=single,${translation}`],
      ['-icount', 'shift=0,sleep=off'],
      ['-cpu', emulated],
      ['-smp', '1'],
    ];
  }
  return [
    ['-accel', accel === 'kvm' ? 'kvm' : `tcg,thread=multi,${translation}`],
    ['-cpu', accel === 'kvm' ? 'host' : emulated],
    ['-smp', `${processors}`],
  ];
}

/**
 * Without memory protection keys: V8 switches them often, and each time all of TCG's TLB goes. Without
 * fast string operations, which TCG does a byte at a time, and the kernel prefers.
 */
const emulated = 'max,pku=off,erms=off,fsrm=off';

/**
 * Writes to memory whose code is still in the cache are slow: with the usual 1 GB, which never fills
 * up, a boot after a reset takes eight times as long.
 */
const translation = 'tb-size=256';

/**
 * A program that lies elsewhere each time is translated anew each time; and there is nothing to guard
 * against flaws of a processor that is none. Where instructions are counted, the kernel is to take as
 * many as a user's.
 */
function kernelOptionsFor({ icount = false }: { icount?: boolean }): string {
  return `norandmaps no5lvl${icount ? '' : ' mitigations=off'}`;
}

/** QEMU's option lists double a comma that belongs to a value. */
function escaped(value: string): string {
  return value.replaceAll(',', ',,');
}
