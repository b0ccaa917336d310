import { expect, test } from 'vitest';
import { keepsHostDriver, restoreDrivers } from '../../src/usb/host-drivers.ts';
import { sleptClock } from '../host/clocks.ts';
import { createSysfs } from '../system/sysfs.ts';

/** A keyboard of three interfaces: one has its driver, one finds it when asked, one has none to find. */
async function start(fail: (name: string) => void = () => {}) {
  const machine = await createSysfs();
  await machine.plugUsb({
    port: '1-2.3',
    device: 3,
    interfaces: [{ class: '03', driver: 'usbhid' }, { class: '03' }, { class: 'ff' }],
  });
  const asked: string[] = [];
  const { clock, control, passed } = sleptClock();
  const host = {
    ...machine.host,
    ...clock,
    async writeAttribute(path: string, name: string) {
      asked.push(`${path} ${name}`);
      fail(name);
      if (name === '1-2.3:1.1') {
        await machine.link('/sys/bus/usb/drivers/usbhid', `/sys/bus/usb/devices/${name}/driver`);
      }
    },
  };
  return {
    ...machine,
    control,
    asked,
    passed,
    restore: (port = '1-2.3', evict = async () => false) => restoreDrivers(host, port, evict),
    keeps: (port = '1-2.3') => keepsHostDriver(host, port),
  };
}

function errno(code: string) {
  return () => {
    throw Object.assign(new Error(`${code}: write`), { code });
  };
}

test('the kernel is asked for each interface without a driver, and for no other', async () => {
  const { asked, passed, restore } = await start();
  expect(await restore()).toEqual(['1-2.3:1.1']);
  expect(passed()).toBe(0);
  expect(asked).toEqual([
    '/sys/bus/usb/drivers_probe 1-2.3:1.1',
    '/sys/bus/usb/drivers_probe 1-2.3:1.2',
  ]);
});

test('what a QEMU that ends has not released yet is waited for', async () => {
  const { control, asked, passed, restore, plugUsb, remove } = await start();
  await plugUsb({
    port: '1-4',
    device: 4,
    interfaces: [{ class: '03' }, { class: '03', driver: 'usbfs' }],
  });
  control.asleep = async (now) => {
    if (now === 150) await remove('/sys/bus/usb/devices/1-4:1.1/driver');
  };
  await restore('1-4');
  expect(asked).toEqual([
    '/sys/bus/usb/drivers_probe 1-4:1.0',
    '/sys/bus/usb/drivers_probe 1-4:1.1',
  ]);
  expect(passed()).toBe(150);
});

test('what is not released within 2 s a program of the host has, to which it is left', async () => {
  const { asked, passed, restore, plugUsb } = await start();
  await plugUsb({ port: '1-4', device: 4, interfaces: [{ class: '03', driver: 'usbfs' }] });
  expect(await restore('1-4')).toEqual([]);
  expect(asked).toEqual([]);
  expect(passed()).toBe(2000);
});

test('what a QEMU has that nobody says has it is taken from there', async () => {
  const { asked, restore, plugUsb, remove } = await start();
  await plugUsb({ port: '1-4', device: 4, interfaces: [{ class: '03', driver: 'usbfs' }] });
  await restore('1-4', async () => {
    await remove('/sys/bus/usb/devices/1-4:1.0/driver');
    return true;
  });
  expect(asked).toEqual(['/sys/bus/usb/drivers_probe 1-4:1.0']);
});

test('a device that goes while it is waited for needs nothing', async () => {
  const { control, asked, restore, plugUsb, unplugUsb } = await start();
  await plugUsb({ port: '1-4', device: 4, interfaces: [{ class: '03', driver: 'usbfs' }] });
  control.asleep = () => unplugUsb('1-4');
  expect(await restore('1-4')).toEqual([]);
  expect(asked).toEqual([]);
});

test('a device that is gone needs nothing', async () => {
  const { restore } = await start();
  expect(await restore('1-9')).toEqual([]);
});

test('an interface that goes meanwhile needs nothing', async () => {
  const { restore } = await start(errno('ENODEV'));
  expect(await restore()).toEqual([]);
});

test('without the right to ask, the failure says what to do', async () => {
  const { restore } = await start(errno('EACCES'));
  await expect(restore()).rejects.toMatchObject({
    code: 'handoff-failed',
    what: 'The USB interface 1-2.3:1.1 is without a driver, and /sys/bus/usb/drivers_probe cannot be written: permission denied.',
  });
});

test('a driver of the host has a device where it has it a second later too', async () => {
  const { passed, keeps } = await start();
  expect(await keeps()).toBe(true);
  expect(passed()).toBe(1000);
});

test('one that has it for a moment only, as while the guest configures it, does not', async () => {
  const { control, keeps, remove } = await start();
  control.asleep = () => remove('/sys/bus/usb/devices/1-2.3:1.0/driver');
  expect(await keeps()).toBe(false);
});

test.each([
  { what: 'that QEMU has', port: '1-4' },
  { what: 'that is gone', port: '1-9' },
])('a device $what is not waited for', async ({ port }) => {
  const { passed, keeps, plugUsb } = await start();
  await plugUsb({ port: '1-4', device: 4, interfaces: [{ class: '03', driver: 'usbfs' }] });
  expect(await keeps(port)).toBe(false);
  expect(passed()).toBe(0);
});
