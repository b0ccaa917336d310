import { expect, test } from 'vitest';
import type { Config } from '../../src/config/schema.ts';
import { effectsOn } from '../../src/daemon/effects.ts';
import type { ConfiguredDomains } from '../../src/daemon/domains.ts';
import type { InputSwitch } from '../../src/input/switching.ts';
import { configOf, seat } from '../config/problems-of.ts';
import { keyboardBits } from '../system/capability-bits.ts';
import { createSysfs } from '../system/sysfs.ts';
import { createDomainDevices, type DomainDevices } from '../usb/domain-devices.ts';

/** What seats do on such a machine, whose only domains have these devices. */
function effectsIn(
  { host, write }: Awaited<ReturnType<typeof createSysfs>>,
  config: Config,
  devices: DomainDevices,
  hasPanel = () => false,
  sleep = async () => {},
) {
  return effectsOn(
    { ...host, now: Date.now, sleep, writeAttribute: write },
    config,
    { ...devices, sources: [] } as unknown as ConfiguredDomains,
    { watch: async () => {}, follow: () => {} },
    {} as InputSwitch,
    { hasGuest: () => false, hasPanel },
    () => {},
  );
}

test('the kernel expedites its grace periods while devices are given, and no longer', async () => {
  const sysfs = await createSysfs();
  const { host, write, plugUsb } = sysfs;
  await write('/sys/kernel/rcu_expedited', '0\n');
  await write('/proc/mounts', '');
  await plugUsb({ port: '1-1', device: 2, serial: 'MOUSE1', model: 'Mouse' });
  const expedited = async () => (await host.readText('/sys/kernel/rcu_expedited')).trim();
  const devices = createDomainDevices('win10');
  devices.fail = async (call) => {
    if (call.startsWith('attach ')) await expect.poll(expedited).toBe('18503');
  };
  const config = configOf(`${seat}usb = [{ serial = "MOUSE1" }]`);
  const effects = effectsIn(sysfs, config, devices);
  const [desk] = config.seats;

  await effects.giveUsb('win10', desk!, null);

  expect(devices.calls).toEqual(['attach win10 1-1']);
  expect(await expedited()).toBe('0');
});

test('the last keyboard goes while the panel is open and a mouse stays to press its buttons', async () => {
  const sysfs = await createSysfs();
  const { write, plugUsb, plugInput } = sysfs;
  await write('/proc/mounts', '');
  await plugUsb({ port: '1-1', device: 2, serial: 'KBD1', model: 'Keyboard' });
  await plugInput({
    node: 1,
    name: 'Keys',
    on: '1-1:1.0',
    phys: 'usb-1/input0',
    capabilities: keyboardBits,
  });
  await plugUsb({ port: '1-2', device: 3, serial: 'MOUSE1', model: 'Mouse' });
  await plugInput({ node: 2, name: 'Mouse', on: '1-2:1.0', phys: 'usb-2/input0' });
  const devices = createDomainDevices('win10');
  const config = configOf(`${seat}usb = [{ serial = "KBD1" }]`);
  let hasPanel = false;
  const effects = effectsIn(sysfs, config, devices, () => hasPanel);
  const [desk] = config.seats;

  await expect(effects.giveUsb('win10', desk!, null)).rejects.toMatchObject({
    code: 'device-refused',
  });
  hasPanel = true;
  await effects.giveUsb('win10', desk!, null);

  expect(devices.calls).toEqual(['attach win10 1-1']);
});

test('a keyboard that a seat reads does not go as one of several, however late it can be read', async () => {
  const sysfs = await createSysfs();
  const { write, plugUsb, plugInput } = sysfs;
  await write('/proc/mounts', '');
  await plugUsb({ port: '1-1', device: 2, interfaces: [{ class: '03' }] });
  const devices = createDomainDevices('win10');
  const config = configOf(`${seat}input = [{ id = "keys" }]\nusb = [{ class = "hid" }]`);
  let isNamed = false;
  const name = async () => {
    if (isNamed) return;
    isNamed = true;
    await plugInput({
      node: 1,
      name: 'Keys',
      on: '1-1:1.0',
      phys: 'usb-1/input0',
      links: ['keys'],
    });
    await write('/sys/class/input/event1/dev', '13:65\n');
    await write('/run/udev/data/c13:65', 'I:1\n');
  };
  const effects = effectsIn(sysfs, config, devices, () => false, name);
  const [desk] = config.seats;

  await expect(effects.giveArrived('win10', desk!, '1-1', null)).rejects.toMatchObject({
    code: 'device-absent',
  });
  expect(devices.calls).toEqual([]);
});

test('a Bluetooth adapter stays while a seat reads a keyboard on Bluetooth, and another is there', async () => {
  const sysfs = await createSysfs();
  const { write, plugUsb, plugInput } = sysfs;
  await write('/proc/mounts', '');
  await plugUsb({ port: '1-4', device: 2, serial: 'BT', interfaces: [{ class: 'e0' }] });
  const keys = { capabilities: keyboardBits };
  await plugInput({ node: 1, name: 'Keys', phys: '00:1a:7d:da:71:13', ...keys });
  await plugInput({ node: 2, name: 'Spare', phys: 'isa0060/serio0/input0', ...keys });
  const devices = createDomainDevices('win10');
  const config = configOf(`${seat}input = [{ name = "Keys" }]\nusb = [{ serial = "BT" }]`);
  const effects = effectsIn(sysfs, config, devices);
  const [desk] = config.seats;

  const refused = {
    code: 'device-refused',
    message: expect.stringContaining('reads Keys on Bluetooth'),
  };
  await expect(effects.giveUsb('win10', desk!, null)).rejects.toMatchObject(refused);
  await expect(effects.checkUsb('win10', desk!, null)).rejects.toMatchObject(refused);
  expect(devices.calls).toEqual([]);
});
