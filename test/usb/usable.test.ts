import { expect, test } from 'vitest';
import { untilUsable } from '../../src/usb/usable.ts';
import { sleptClock } from '../host/clocks.ts';
import { createSysfs } from '../system/sysfs.ts';

const folder = '/sys/bus/usb/devices/1-2';

/** A device of two interfaces. */
async function start() {
  const machine = await createSysfs();
  await machine.plugUsb({ port: '1-2', device: 3, interfaces: [{ class: '03' }, { class: '03' }] });
  const { clock, control, passed } = sleptClock();
  return {
    ...machine,
    control,
    passed,
    wait: (port = '1-2') => untilUsable({ ...machine.host, ...clock }, port),
  };
}

test('a device that is ready is not waited for', async () => {
  const { write, passed, wait } = await start();
  await write(`${folder}/bConfigurationValue`, '1\n');
  await write(`${folder}/bNumInterfaces`, ' 2\n');
  await wait();
  expect(passed()).toBe(0);
});

test.each([
  { reason: 'no configuration', configuration: '\n', interfaces: '\n' },
  { reason: 'an interface to come', configuration: '1\n', interfaces: ' 3\n' },
])('a device with $reason is waited for', async ({ configuration, interfaces }) => {
  const { write, control, passed, wait } = await start();
  await write(`${folder}/bConfigurationValue`, configuration);
  await write(`${folder}/bNumInterfaces`, interfaces);
  control.asleep = async (now) => {
    if (now < 150) return;
    await write(`${folder}/bConfigurationValue`, '1\n');
    await write(`${folder}/bNumInterfaces`, ' 2\n');
  };
  await wait();
  expect(passed()).toBe(150);
});

test('a device that does not become ready is given up after 2 s', async () => {
  const { passed, wait } = await start();
  await expect(wait()).rejects.toMatchObject({
    code: 'handoff-failed',
    what: 'The USB device on port 1-2 was not ready within 2 s.',
  });
  expect(passed()).toBe(2000);
});

test('a device that is gone is not waited for', async () => {
  const { passed, wait } = await start();
  await wait('1-9');
  expect(passed()).toBe(0);
});
