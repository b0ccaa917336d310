/** What boards with AMD's Ryzen and Threadripper have alike. */
import type { PciCard } from './machine.ts';
import { fabric, hostBridge, port, usb3 } from './parts.ts';

/**
 * The root bus of a Ryzen 3000 or 5000, whose groups the kernel counts from 0.
 * @param ports those root ports on it that lead somewhere: `01.2`
 */
export function matisse(
  ports: readonly string[],
  fabricName: (number: number) => string,
): PciCard[] {
  const slots = ['01.0', '01.1', '01.2', '02.0', '03.0', '03.1', '04.0', '05.0', '07.0', '07.1'];
  const bridges = [...slots, '08.0', '08.1'].filter(
    (slot) => slot.endsWith('.0') || ports.includes(slot),
  );
  return [
    ...bridges.map((slot, group) => {
      if (slot.endsWith('.0')) {
        const name = 'Starship/Matisse PCIe Dummy Host Bridge';
        return hostBridge(`00:${slot}`, '1022:1482', name, group);
      }
      const isInternal = slot === '07.1' || slot === '08.1';
      const name = isInternal ? 'Internal PCIe GPP Bridge 0 to bus[E:B]' : 'GPP Bridge';
      const ids = isInternal ? '1022:1484' : '1022:1483';
      return port(`00:${slot}`, ids, `Starship/Matisse ${name}`, group);
    }),
    ...southBridge(bridges.length, '61'),
    ...fabric('18', bridges.length + 1, 0x1440, fabricName),
  ];
}

/** SMBus and LPC, which are one device. */
export function southBridge(group: number, revision: string): PciCard[] {
  return [
    {
      at: '00:14.0',
      is: `0c05 1022:790b ${revision}`,
      name: 'FCH SMBus Controller',
      group,
      driver: 'piix4_smbus',
      modules: ['i2c_piix4'],
    },
    { at: '00:14.3', is: '0601 1022:790e 51', name: 'FCH LPC Bridge', group },
  ];
}

export function ahci(at: string, group: number, under: string): PciCard {
  return {
    at,
    is: '010601 1022:7901 51',
    name: 'FCH SATA Controller [AHCI mode]',
    group,
    under,
    driver: 'ahci',
    modules: ['ahci'],
  };
}

/** A controller of the processor's own ports. */
export function matisseUsb(at: string, group: number, under: string, bus: number): PciCard {
  return {
    at,
    is: '0c0330 1022:149c 00',
    name: 'Matisse USB 3.0 Host Controller',
    group,
    under,
    driver: 'xhci_hcd',
    modules: ['xhci_pci'],
    reset: 'pm',
    buses: usb3(bus),
  };
}

export function matisseSound(at: string, group: number, under: string): PciCard {
  return {
    at,
    is: '0403 1022:1487 00',
    name: 'Starship/Matisse HD Audio Controller',
    group,
    under,
    driver: 'snd_hda_intel',
    modules: ['snd_hda_intel'],
    reset: 'pm',
    sound: 'Generic',
  };
}

/** A function without a driver or a use: `PCIe Dummy Function`, `Reserved SPP`. */
export function spare(at: string, id: string, name: string, group: number, under: string): PciCard {
  return { at, is: `1300 1022:${id} 00`, name, group, under };
}

export function coprocessor(
  at: string,
  id: string,
  name: string,
  group: number,
  under: string,
): PciCard {
  return { at, is: `1080 1022:${id} 00`, name, group, under, driver: 'ccp', modules: ['ccp'] };
}
