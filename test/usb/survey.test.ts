import { expect, test } from 'vitest';
import type { PortUse } from '../../src/input/sources.ts';
import type { UsbUses } from '../../src/usb/refusals.ts';
import { surveyUsb, type SurveyedPort, type UsbFacts } from '../../src/usb/survey.ts';
import { noUses, usbDevice, usbHub } from './devices.ts';

const xhci = {
  address: '0000:00:05.0',
  isPci: true,
  name: 'xHCI Host Controller',
  driver: 'xhci_hcd',
  iommuGroup: null,
  resetMethods: [],
  buses: [{ number: 1, speedMbps: 480 }],
};
const mouse = usbDevice({ port: '1-1', serial: 'M1', name: 'Mouse' });
const hub = usbHub('1-2');
const headset = usbDevice({ port: '1-2.1', product: '0002', classes: ['01', '03', '42'] });
const nobody = new Map<string, string>();

function survey(
  facts: Partial<UsbFacts>,
  seats: Parameters<typeof surveyUsb>[1] = [],
  holders = nobody,
) {
  return surveyUsb(
    { controllers: [xhci], ports: [], devices: [], uses: noUses, ...facts },
    seats,
    holders,
  );
}

/** The ports of the first bus. */
function portsOf(...args: Parameters<typeof survey>): SurveyedPort[] {
  return survey(...args)[0]?.buses[0]?.ports ?? [];
}

test('a controller is shown with its ports and devices, whose form and names stay', () => {
  const ports = [{ port: '1-1', connectType: 'hotplug' }];
  expect(survey({ ports, devices: [mouse] })).toEqual([
    {
      ...xhci,
      selector: { controller: '0000:00:05.0' },
      buses: [
        {
          number: 1,
          speedMbps: 480,
          ports: [
            {
              port: '1-1',
              connectType: 'hotplug',
              device: {
                name: 'Mouse',
                vendor: '0627',
                product: '0001',
                serial: 'M1',
                isHub: false,
                speedMbps: 480,
                drivers: ['usbhid'],
                classes: ['hid'],
                with: 'host',
                selector: { serial: 'M1' },
                seats: [],
                inputSeat: null,
                remarks: [],
                ports: [],
              },
            },
          ],
        },
      ],
    },
  ]);
});

test('a hub has what is plugged in below it, and the selector of all that', () => {
  const ports = ['1-2', '1-2.1', '1-2.2'].map((port) => ({ port, connectType: 'unknown' }));
  expect(portsOf({ ports, devices: [headset, hub] })).toMatchObject([
    {
      port: '1-2',
      device: {
        selector: { hub: '1-2' },
        ports: [
          { port: '1-2.1', device: { classes: ['audio', 'hid', '42'], ports: [] } },
          { port: '1-2.2', device: null },
        ],
      },
    },
  ]);
});

test('ports are in the order of numbers, those that lead nowhere are left out, devices never', () => {
  const ports = [
    { port: '1-10', connectType: 'unknown' },
    { port: '1-1', connectType: 'not used' },
    { port: '1-9', connectType: 'not used' },
    { port: '1-3', connectType: 'hardwired' },
    { port: '11-1', connectType: 'unknown' },
  ];
  const devices = [mouse, usbDevice({ port: '1-2' })];
  expect(portsOf({ ports, devices }).map(({ port, connectType }) => [port, connectType])).toEqual([
    ['1-1', 'not used'],
    ['1-2', 'unknown'],
    ['1-3', 'hardwired'],
    ['1-10', 'unknown'],
  ]);
});

test.each([
  { drivers: ['usbhid'], holders: nobody, holder: 'host', reason: 'the host drives it' },
  { drivers: [], holders: nobody, holder: 'host', reason: 'nobody drives it' },
  { drivers: ['usbfs'], holders: nobody, holder: null, reason: 'some program has it' },
  {
    drivers: ['usbfs'],
    holders: new Map([['1-1', 'win10']]),
    holder: 'win10',
    reason: 'the service says so',
  },
])('a device is with $holder where $reason', ({ drivers, holders, holder }) => {
  const devices = [{ ...mouse, drivers }];
  expect(portsOf({ devices }, [], holders)).toMatchObject([{ device: { with: holder } }]);
});

test('a device names every seat whose selectors name it', () => {
  const seats = [
    { name: 'desk', usb: [{ serial: 'M1' }, { port: '1-9' }] },
    { name: 'sofa', usb: [{ class: 'audio' as const }] },
    { name: 'bench', usb: [{ controller: '0000:00:05.0' }] },
  ];
  const [first, second] = portsOf({ devices: [mouse, hub, headset] }, seats);
  expect(first?.device?.seats).toEqual(['desk', 'bench']);
  expect(second?.device?.seats).toEqual([]);
  expect(second?.device?.ports[0]?.device?.seats).toEqual(['sofa', 'bench']);
});

test('a device that a seat reads names that seat, and a Bluetooth adapter none', () => {
  const use = { seat: 'desk', selector: '{ name = "Left" }' };
  const sources = new Map<string, PortUse>([
    ['1-1', use],
    ['1-3', { ...use, onBluetooth: 'Left' }],
  ]);
  const devices = [mouse, usbDevice({ port: '1-3' })];
  const ports = portsOf({ devices, uses: { ...noUses, sources } });
  expect(ports.map(({ device }) => device?.inputSeat)).toEqual(['desk', null]);
});

test('only a selector that is to name one device is remarked on where it fits two', () => {
  const twin = usbDevice({ port: '1-3', name: 'Twin' });
  const usb = [{ vendor: '0627', product: '0001' }, { class: 'hid' as const }];
  const remarks = portsOf({ devices: [mouse, twin] }, [{ name: 'desk', usb }]).map(
    ({ device }) => device?.remarks,
  );
  const written = '{ vendor = "0627", product = "0001" } in the configuration also fits';
  expect(remarks).toEqual([
    [`${written} Twin (port 1-3), so none of them moves`],
    [`${written} Mouse (port 1-1), so none of them moves`],
  ]);
});

test('a device that a seat names and cannot have is remarked on, one that none names is not', () => {
  const uses: UsbUses = {
    disks: new Map([
      ['1-1', [{ kind: 'swap', node: '/dev/sda1' }]],
      ['1-3', [{ kind: 'swap', node: '/dev/sdb1' }]],
    ]),
    sources: new Map(),
  };
  const devices = [mouse, hub, usbDevice({ port: '1-3' })];
  const usb = [{ port: '1-1' }, { port: '1-2' }];
  const ports = portsOf({ devices, uses }, [{ name: 'desk', usb }]);
  expect(ports.map(({ device }) => device?.remarks)).toEqual([
    ['it cannot leave the host: /dev/sda1 is swap space'],
    ['it cannot leave the host: it is a hub, and all that is plugged in below it would vanish'],
    [],
  ]);
});

test('a selector of several names nothing that a seat reads, and that is remarked on', () => {
  const sources = new Map([['1-1', { seat: 'desk', selector: '{ port = "1-1" }' }]]);
  const seats = [
    { name: 'desk', usb: [{ class: 'hid' } as const] },
    { name: 'sofa', usb: [{ hub: '1-2' }] },
  ];
  const devices = [mouse, usbDevice({ port: '1-3' })];
  const ports = portsOf({ devices, uses: { ...noUses, sources } }, seats);
  expect(ports.map(({ device }) => [device?.seats, device?.remarks])).toEqual([
    [
      [],
      [
        '{ class = "hid" } in the configuration passes over it: the seat "desk" needs it for its `input`',
      ],
    ],
    [['desk'], []],
  ]);
});

test('what is not on PCI has no selector for all that is on it', () => {
  const controllers = [{ ...xhci, address: 'vhci_hcd.0', isPci: false }];
  expect(survey({ controllers })).toMatchObject([{ selector: null }]);
});
