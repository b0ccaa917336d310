import { gtx970 } from './gtx-970.ts';
import type { Machine, PciCard } from './machine.ts';
import { port, usb3 } from './parts.ts';

/** A tower of switches: fifty ports, with a device of three functions behind each. */
const slots = Array.from({ length: 50 }, (_, index): PciCard[] => {
  const bus = (0x10 + index).toString(16);
  const bridge = port(
    `01:${index.toString(16).padStart(2, '0').slice(-2)}.0`,
    '8086:1234',
    'Port',
    100 + index,
  );
  const kinds = ['0300 10de:1b80 a1', '0403 10de:10f0 a1', '0c0330 1912:0014 03'];
  return [
    bridge,
    ...kinds.map((is, number) => ({
      at: `${bus}:00.${number}`,
      is,
      name: `Function ${number}`,
      group: 100 + index,
      under: bridge.at,
      modules: ['driver'],
      reset: 'flr',
      bars: ['16M', '256M pref 64'],
      ...(number === 2 ? { buses: usb3(10 + 2 * index) } : {}),
    })),
  ];
});

export const tower: Machine = {
  ...gtx970,
  title: 'A host with 200 PCI and 100 USB devices',
  pci: slots.flat(),
  usb: Array.from({ length: 100 }, (_, index) => ({
    port: `${10 + 2 * (index % 50)}-${index < 50 ? 1 : 2}`,
    device: 2,
    serial: `${index}`,
  })),
  input: Array.from({ length: 100 }, (_, index) => ({
    node: index,
    name: `Mouse ${index}`,
    on: `${10 + 2 * (index % 50)}-${index < 50 ? 1 : 2}:1.0`,
  })),
};

/** In place of any program. */
export async function notInstalled(): Promise<never> {
  throw Object.assign(new Error('not installed'), { code: 'ENOENT' });
}
