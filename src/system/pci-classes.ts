/** What kind of thing a PCI device is, from the code of its class: base class, subclass, interface. */

/** `VGA controller` for `030000`; a class that has no name here is told by its code. */
export function pciClassText(code: string): string {
  return (
    interfaces.get(code) ??
    subclasses.get(code.slice(0, 4)) ??
    bases.get(code.slice(0, 2)) ??
    `class ${code.slice(0, 4)}`
  );
}

export function isGraphics(code: string | null): boolean {
  return code?.startsWith('03') ?? false;
}

/** A 3D controller: a graphics card without outputs, as of laptops and for servers. */
export function hasNoOutputs(code: string | null): boolean {
  return code?.startsWith('0302') ?? false;
}

/** UHCI, OHCI, EHCI and xHCI: what ports for USB devices hang on. */
export function isUsbController(code: string | null): boolean {
  return /^0c03[0-3]0$/.test(code ?? '');
}

export function isSound(code: string | null): boolean {
  return /^040[13]/.test(code ?? '');
}

/** A root port, a port of a switch, or a bridge to a bus below: VFIO leaves it with the host. */
export function isPciBridge(code: string | null): boolean {
  return /^060[49]/.test(code ?? '');
}

/** Where the processor's PCI begins. */
export function isHostBridge(code: string | null): boolean {
  return code?.startsWith('0600') ?? false;
}

const interfaces = new Map([
  ['010601', 'SATA controller'],
  ['010802', 'NVMe disk'],
  ['0c0300', 'USB 1 controller (UHCI)'],
  ['0c0310', 'USB 1 controller (OHCI)'],
  ['0c0320', 'USB 2 controller (EHCI)'],
  ['0c0330', 'USB 3 controller (xHCI)'],
  ['0c0340', 'USB4 host interface'],
]);

const subclasses = new Map([
  ['0100', 'SCSI controller'],
  ['0101', 'IDE controller'],
  ['0104', 'RAID controller'],
  ['0106', 'SATA controller'],
  ['0107', 'SAS controller'],
  ['0108', 'NVMe controller'],
  ['0200', 'Ethernet'],
  ['0280', 'network controller'],
  ['0300', 'VGA controller'],
  ['0302', '3D controller'],
  ['0380', 'display controller'],
  ['0400', 'video device'],
  ['0401', 'audio device'],
  ['0403', 'audio device'],
  ['0480', 'multimedia device'],
  ['0500', 'memory'],
  ['0580', 'memory controller'],
  ['0600', 'host bridge'],
  ['0601', 'ISA bridge'],
  ['0604', 'PCI bridge'],
  ['0609', 'PCI bridge'],
  ['0700', 'serial port'],
  ['0780', 'communication controller'],
  ['0805', 'SD card reader'],
  ['0806', 'IOMMU'],
  ['0880', 'system device'],
  ['0c00', 'FireWire'],
  ['0c03', 'USB controller'],
  ['0c05', 'SMBus'],
  ['0c80', 'serial bus controller'],
  ['1080', 'encryption controller'],
  ['1180', 'signal processor'],
  ['1200', 'processing accelerator'],
  ['1300', 'instrumentation'],
]);

const bases = new Map([
  ['01', 'storage'],
  ['02', 'network'],
  ['03', 'graphics'],
  ['04', 'multimedia'],
  ['05', 'memory'],
  ['06', 'bridge'],
  ['07', 'communication'],
  ['08', 'system device'],
  ['09', 'input device'],
  ['0b', 'processor'],
  ['0c', 'serial bus'],
  ['0d', 'wireless'],
  ['10', 'encryption'],
  ['11', 'signal processor'],
  ['12', 'accelerator'],
  ['13', 'instrumentation'],
  ['ff', 'of no class'],
]);
