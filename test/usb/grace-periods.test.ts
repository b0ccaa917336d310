import { expect, test } from 'vitest';
import { graceExpediter } from '../../src/usb/grace-periods.ts';
import { createSysfs } from '../system/sysfs.ts';

const file = '/sys/kernel/rcu_expedited';

async function start(before: string | null) {
  const { host, write } = await createSysfs();
  if (before !== null) await write(file, `${before}\n`);
  const written: string[] = [];
  const expedited = graceExpediter({
    ...host,
    async writeAttribute(path, text) {
      written.push(`${path} ${text}`);
      await write(path, `${text}\n`);
    },
  });
  return { expedited, written };
}

const on = `${file} 18503`;
const off = `${file} 0`;

test('grace periods are expedited for as long as something is done', async () => {
  const { expedited, written } = await start('0');
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const results = [expedited(() => first.promise), expedited(() => second.promise)];
  await expect.poll(() => written).toEqual([on]);
  first.resolve('first');
  expect(await results[0]).toBe('first');
  expect(written).toEqual([on]);
  second.reject(new Error('it failed'));
  await expect(results[1]).rejects.toThrow('it failed');
  expect(written).toEqual([on, off]);
});

test('what a killed service has left is put right', async () => {
  const { written } = await start('18503');
  await expect.poll(() => written).toEqual([off]);
});

test('what somebody else has set stays', async () => {
  const { expedited, written } = await start('1');
  await expedited(async () => {});
  expect(written).toEqual([]);
});

test('a kernel that cannot be told so stops nothing', async () => {
  const { expedited, written } = await start(null);
  expect(await expedited(async () => 'done')).toBe('done');
  expect(written).toEqual([]);
});
