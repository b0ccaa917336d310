import { expect, test } from 'vitest';
import { effectsOn } from '../../src/daemon/effects.ts';
import type { ConfiguredDomains } from '../../src/daemon/domains.ts';
import type { InputSwitch } from '../../src/input/switching.ts';
import { configOf, seat } from '../config/problems-of.ts';
import { createSysfs } from '../system/sysfs.ts';
import { createDomainDevices } from '../usb/domain-devices.ts';

test('the kernel expedites its grace periods while devices are given, and no longer', async () => {
  const { host, write, plugUsb } = await createSysfs();
  await write('/sys/kernel/rcu_expedited', '0\n');
  await write('/proc/mounts', '');
  await plugUsb({ port: '1-1', device: 2, serial: 'MOUSE1', model: 'Mouse' });
  const expedited = async () => (await host.readText('/sys/kernel/rcu_expedited')).trim();
  const devices = createDomainDevices('win10');
  devices.fail = async (call) => {
    if (call.startsWith('attach ')) await expect.poll(expedited).toBe('18503');
  };
  const config = configOf(`${seat}usb = [{ serial = "MOUSE1" }]`);
  const effects = effectsOn(
    { ...host, now: Date.now, sleep: async () => {}, writeAttribute: write },
    config,
    { ...devices, sources: [] } as unknown as ConfiguredDomains,
    { watch: async () => {}, follow: () => {} },
    {} as InputSwitch,
    () => false,
    () => {},
  );
  const [desk] = config.seats;

  await effects.giveUsb('win10', desk!, null);

  expect(devices.calls).toEqual(['attach win10 1-1']);
  expect(await expedited()).toBe('0');
});
