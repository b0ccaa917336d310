import { having, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'input.devices',
    when: 'there is no keyboard',
    change: having('devices', { input: [] }),
    verdict: 'warning',
  },
  {
    id: 'input.rights',
    when: 'a node is closed',
    change: having('devices', { closedInput: ['/dev/input/event2'] }),
    verdict: 'warning',
  },
  {
    id: 'input.proxies',
    when: 'the service made none',
    change: having('service', { proxies: [] }),
    verdict: 'problem',
    todo: 'journalctl --unit handglass',
  },
  {
    id: 'usb.drivers',
    when: 'a killed guest left one',
    change: ({ devices: { usb } }) => {
      const driverless = [
        { name: '1-2:1.0', class: '03' },
        { name: '1-2:1.1', class: 'ff' },
      ];
      Object.assign(usb?.[0] ?? {}, { drivers: [], driverless });
    },
    verdict: 'warning',
    todo: 'echo 1-2:1.0 | sudo tee /sys/bus/usb/drivers_probe && echo 1-2:1.1 | sudo tee /sys/bus/usb/drivers_probe',
  },
  {
    id: 'usb.drivers',
    when: 'one part of several has its driver back',
    change: ({ devices: { usb } }) => {
      Object.assign(usb?.[0] ?? {}, { driverless: [{ name: '1-2:1.1', class: '01' }] });
    },
    verdict: 'warning',
    says: 'No driver has a part of it',
    todo: 'echo 1-2:1.1 |',
  },
  {
    id: 'usb.drivers',
    when: 'a guest runs, which may have it',
    change: ({ devices: { usb }, libvirt: { domains } }) => {
      Object.assign(usb?.[0] ?? {}, { driverless: [{ name: '1-2:1.0', class: '03' }] });
      for (const domain of domains ?? []) domain.isRunning = true;
    },
    verdict: 'warning',
    todo: 'see `handglass usb`. If no guest has it: `echo',
  },
  {
    id: 'usb.drivers',
    when: 'a guest that runs has it, and does not use it yet',
    change: ({ devices: { usb }, libvirt: { domains } }) => {
      const [device] = usb ?? [];
      Object.assign(device ?? {}, { driverless: [{ name: '1-2:1.0', class: '03' }] });
      const address = { bus: device?.bus ?? 0, device: device?.device ?? 0 };
      for (const domain of domains ?? []) {
        domain.isRunning = true;
        domain.xml?.usb.push({ ids: null, address, alias: null });
      }
    },
    verdict: 'ok',
  },
  {
    id: 'usb.drivers',
    when: 'what has none is of a kind of its own',
    change: ({ devices: { usb } }) => {
      Object.assign(usb?.[0] ?? {}, { driverless: [{ name: '1-2:1.1', class: 'ff' }] });
    },
    verdict: 'ok',
  },
];

testRows(rows);
