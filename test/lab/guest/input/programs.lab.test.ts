import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, type Lab } from '../../lab.ts';
import { type Conversation, converse } from './conversation.ts';
import { buildInputPrograms } from './programs.ts';

const { source, listener } = buildInputPrograms();

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab({ boot: 'bare' });
});

afterAll(async () => {
  await lab.end();
});

/** A device and one who reads it. */
async function pair(
  traits: string[],
  options: string[] = [],
): Promise<{ device: Conversation; reader: Conversation; node: string }> {
  const device = converse(lab, [source, ...traits]);
  const node = await device.next();
  const reader = converse(lab, [listener, node, ...options]);
  expect(await reader.next()).toBe('listening');
  return { device, reader, node };
}

test('each line that a source is told arrives as one report', async () => {
  const { device, reader } = await pair(['--keys', '--pointer']);

  device.say('leftctrl+');
  device.say('raw a+');
  device.say('rel_x=5 rel_wheel=-1');
  device.say('leftctrl- a-');

  expect(await reader.next()).toBe('leftctrl+');
  expect(await reader.next()).toBe('a+ rel_x=5 rel_wheel=-1');
  expect(await reader.next()).toBe('leftctrl- a-');
  expect(await device.end()).toBe(0);
  expect(await reader.next()).toBe('gone');
});

test('a source has the identity and the traits that it was given', async () => {
  const traits = "--name 'Big lid' --phys here/input0 --vendor 1532 --product 0037 --abs --sw";
  const device = converse(lab, ['sh', '-c', `exec ${source} ${traits}`]);
  const node = await device.next();

  const folder = `/sys/class/input/${node.split('/').at(-1)}/device`;
  const { stdout } = await lab.sh(
    `cd ${folder}; cat name phys id/vendor id/product capabilities/abs capabilities/sw`,
  );

  expect(stdout).toBe('Big lid\nhere/input0\n1532\n0037\n3\n3\n');
  await device.end();
});

test('an LED that a reader sets comes back to the source', async () => {
  const { device, reader } = await pair(['--keys', '--leds']);

  reader.say('led capsl 1');

  expect(await device.next()).toBe('led capsl=1');
  expect(await reader.next()).toBe('led_capsl=1');
  await device.end();
});

test('a grab keeps a device from another reader until it ends', async () => {
  const { device, reader, node } = await pair(['--keys'], ['--grab']);
  expect(await reader.next()).toBe('grabbed');
  const other = converse(lab, [listener, node, '--grab']);
  expect(await other.next()).toBe('listening');
  expect(await other.next()).toBe('busy');

  device.say('a+');
  expect(await reader.next()).toBe('a+');
  reader.say('ungrab');
  expect(await reader.next()).toBe('ungrabbed');
  other.say('grab');
  expect(await other.next()).toBe('grabbed');
  device.say('a-');

  expect(await other.next()).toBe('a-');
  await device.end();
});

test('a reader that stalls is told what the kernel dropped', async () => {
  const { device, reader } = await pair(['--keys', '--pointer', '--leds']);
  reader.say('stall');
  expect(await reader.next()).toBe('stalled');

  for (let x = 1; x <= 200; x += 1) device.say(`rel_x=${x}`);
  // Its answer says that the source has written all of it.
  reader.say('led capsl 1');
  await device.next();
  device.say('rel_y=1');
  device.say('a+');
  reader.say('resume');

  expect(await reader.next()).toBe('resumed');
  const lines: string[] = [];
  while (lines.at(-1) !== 'a+') lines.push(await reader.next());
  expect(lines).toContain('dropped');
  await device.end();
});

test('reports carry their times when they are asked for', async () => {
  const { device, reader } = await pair(['--keys'], ['--times']);

  device.say('a+');
  device.say('a-');

  const [first, second] = [await reader.next(), await reader.next()];
  expect(first).toMatch(/^\d+\.\d{6} a\+$/);
  expect(second).toMatch(/^\d+\.\d{6} a-$/);
  expect(Number.parseFloat(second)).toBeGreaterThanOrEqual(Number.parseFloat(first));
  await device.end();
});
