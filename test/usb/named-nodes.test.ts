import { expect, test } from 'vitest';
import { untilNodesNamed } from '../../src/usb/named-nodes.ts';
import { sleptClock } from '../host/clocks.ts';
import { createSysfs } from '../system/sysfs.ts';

/** A device of an interface for keys, and of one for sound. */
async function start() {
  const machine = await createSysfs();
  await machine.plugUsb({ port: '1-2', device: 3, interfaces: [{ class: '03' }, { class: '01' }] });
  const { clock, control, passed } = sleptClock();
  return {
    ...machine,
    control,
    passed,
    plugNode: () =>
      machine.plugInput({ node: 7, name: 'Keys', on: '1-2:1.0', phys: 'usb-2/input0' }),
    name: async () => {
      await machine.write('/sys/class/input/event7/dev', '13:71\n');
      await machine.write('/run/udev/data/c13:71', 'I:1\n');
    },
    wait: (port = '1-2') => untilNodesNamed({ ...machine.host, ...clock }, port),
  };
}

test('a device whose nodes udev has named is not waited for', async () => {
  const { plugNode, name, passed, wait } = await start();
  await plugNode();
  await name();
  await wait();
  expect(passed()).toBe(0);
});

test('a node is waited for, and then its names', async () => {
  const { plugNode, name, control, passed, wait } = await start();
  control.asleep = async (now) => {
    if (now === 100) await plugNode();
    if (now === 200) await name();
  };
  await wait();
  expect(passed()).toBe(200);
});

test('a device without nodes is waited for a second', async () => {
  const { passed, wait } = await start();
  await wait();
  expect(passed()).toBe(1000);
});

test('a device that is gone is not waited for', async () => {
  const { passed, wait } = await start();
  await wait('1-9');
  expect(passed()).toBe(0);
});
