/** What several machines have alike. */
import { keyboardBits, mouseBits } from '../system/capability-bits.ts';
import type { PluggedInput, PluggedUsb } from '../system/sysfs.ts';
import type { PciCard } from './machine.ts';

export const vendors = {
  '1002': 'Advanced Micro Devices, Inc. [AMD/ATI]',
  '1022': 'Advanced Micro Devices, Inc. [AMD]',
  '10de': 'NVIDIA Corporation',
  '10ec': 'Realtek Semiconductor Co., Ltd.',
  '144d': 'Samsung Electronics Co Ltd',
  '8086': 'Intel Corporation',
};

/** Programs that give a device another driver, where they are installed. */
export const driverctl = { '/usr/sbin/driverctl': '' };
export const virsh = { '/usr/bin/virsh': '' };

/** Root hubs as an EHCI and an xHCI controller have them. */
export const usb2 = (number: number) => [{ number, speed: '480' }];
export const usb3 = (number: number) => [
  { number, speed: '480' },
  { number: number + 1, speed: '10000' },
];

/** A keyboard and a mouse on these ports. */
export function desk(
  keyboard: string,
  mouse: string,
): { usb: PluggedUsb[]; input: PluggedInput[] } {
  const [keyboardIds, mouseIds] = [
    { vendor: '046d', product: 'c31c' },
    { vendor: '046d', product: 'c077' },
  ];
  return {
    usb: [
      {
        port: keyboard,
        device: 2,
        ...keyboardIds,
        manufacturer: 'Logitech',
        model: 'USB Keyboard',
      },
      { port: mouse, device: 3, ...mouseIds, manufacturer: 'Logitech', model: 'USB Optical Mouse' },
    ],
    input: [
      {
        node: 2,
        name: 'Logitech USB Keyboard',
        ...keyboardIds,
        on: `${keyboard}:1.0`,
        phys: `usb-0000/input0`,
        capabilities: keyboardBits,
      },
      {
        node: 3,
        name: 'Logitech USB Optical Mouse',
        ...mouseIds,
        on: `${mouse}:1.0`,
        phys: `usb-0000/input0`,
        capabilities: mouseBits,
      },
    ],
  };
}

/** The eight functions in which an AMD processor shows its own fabric. */
export function fabric(
  slot: string,
  group: number,
  firstId: number,
  name: (number: number) => string,
): PciCard[] {
  return Array.from({ length: 8 }, (_, number) => ({
    at: `00:${slot}.${number}`,
    is: `0600 1022:${(firstId + number).toString(16)} 00`,
    name: name(number),
    group,
    ...(number === 3 ? { driver: 'k10temp', modules: ['k10temp'] } : {}),
  }));
}

export function hostBridge(at: string, ids: string, name: string, group?: number): PciCard {
  return { at, is: `0600 ${ids} 00`, name, ...(group === undefined ? {} : { group }) };
}

export function port(
  at: string,
  ids: string,
  name: string,
  group: number | undefined,
  under?: string,
): PciCard {
  return {
    at,
    is: `060400 ${ids} 00`,
    name,
    driver: 'pcieport',
    ...(group === undefined ? {} : { group }),
    ...(under === undefined ? {} : { under }),
  };
}

/** A device that vfio-pci has: what its own driver would show of it is not there. */
export function forGuest(card: PciCard): PciCard {
  const given = { ...card, driver: 'vfio-pci' };
  delete given.buses;
  delete given.sound;
  delete given.connectors;
  return given;
}

/** The sound of a graphics card, which is its second function. */
export function cardSound(card: PciCard, is: string, name: string): PciCard {
  return {
    at: card.at.replace(/0$/, '1'),
    is,
    name,
    ...(card.group === undefined ? {} : { group: card.group }),
    ...(card.under === undefined ? {} : { under: card.under }),
    driver: 'snd_hda_intel',
    modules: ['snd_hda_intel'],
    sound: 'HDMI',
  };
}

export function nvme(at: string, ids: string, name: string, group: number, under: string): PciCard {
  return {
    at,
    is: `010802 ${ids} 00`,
    name,
    group,
    under,
    driver: 'nvme',
    modules: ['nvme'],
    reset: 'flr bus',
  };
}
