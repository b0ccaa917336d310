import { expect, onTestFinished, test, vi } from 'vitest';
import { watchMounts } from '../../src/daemon/watch-mounts.ts';
import { manualClock } from '../host/clocks.ts';
import { writeMounts } from '../system/block.ts';
import { createSysfs } from '../system/sysfs.ts';

const root = '259:2 / ext4 /dev/nvme0n1p2';

async function start() {
  const machine = await createSysfs();
  const clock = manualClock();
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const changed = vi.fn<() => void>();
  const watching = watchMounts({ ...machine.host, ...clock }, changed, ending.signal);
  const look = async () => {
    await clock.awaited(1);
    clock.advance(5000);
    await clock.awaited(1);
  };
  return { machine, changed, ending, watching, look };
}

test('a mount and its end are told, once each', async () => {
  const { machine, changed, look } = await start();
  await writeMounts(machine, root);
  await look();
  await writeMounts(machine, root, '8:1 /mnt vfat /dev/sda1');
  await look();
  await look();
  expect(changed).toHaveBeenCalledTimes(1);
  await writeMounts(machine, root);
  await look();
  expect(changed).toHaveBeenCalledTimes(2);
});

test('mounts that cannot be read have not changed', async () => {
  const { machine, changed, look } = await start();
  await writeMounts(machine, root);
  await look();
  await machine.remove('/proc/1/mountinfo');
  await look();
  await writeMounts(machine, root);
  await look();
  expect(changed).not.toHaveBeenCalled();
});

test('it ends with the signal', async () => {
  const { ending, watching } = await start();
  ending.abort();
  await watching;
});
