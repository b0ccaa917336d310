import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { HandglassError } from '../../src/errors.ts';
import { filesUnder } from '../../src/host/files.ts';
import { openAbsoluteDevices } from '../../src/input/absolute-devices.ts';

const pen = {
  slug: 'pen',
  name: 'Pen',
  selector: '{ name = "Pen" }',
  capabilities: Buffer.from([0, 255]),
  next: null,
};
const pad = { ...pen, slug: 'pad-2', name: 'Päd', next: Buffer.from([1]) };

async function start(text?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-absolute-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'devices.json');
  if (text !== undefined) await writeFile(path, text);
  const reported: string[][] = [];
  const report = (problems: HandglassError[]) =>
    void reported.push(problems.map(({ what }) => what));
  const open = () =>
    openAbsoluteDevices(
      filesUnder('/', () => {}),
      path,
      report,
    );
  return { folder, path, open, reported };
}

test('without a file none is known', async () => {
  const { open, reported } = await start();
  expect((await open()).known).toEqual([]);
  expect(reported).toEqual([]);
});

test('what is saved last is known the next time', async () => {
  const { path, open, reported } = await start();
  const devices = await open();
  devices.save([pen]);
  devices.save([]);
  devices.save([pen, pad]);
  await vi.waitFor(() => expect(reported).toEqual([[], [], []]));
  expect((await open()).known).toEqual([pen, pad]);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('the file holds what is saved as text', async () => {
  const { path, open, reported } = await start();
  (await open()).save([pen, pad]);
  await vi.waitFor(() => expect(reported).toHaveLength(1));
  const selector = '{ name = "Pen" }';
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    version: 1,
    devices: {
      pen: { name: 'Pen', selector, capabilities: 'AP8=' },
      'pad-2': { name: 'Päd', selector, capabilities: 'AP8=', next: 'AQ==' },
    },
  });
});

const device = { name: 'Pen', selector: '', capabilities: '' };

test.each([
  { reason: 'no JSON', text: '{', why: /cannot be read: .*JSON/ },
  { reason: 'empty', text: '', why: /cannot be read: .*JSON/ },
  { reason: 'of another version', text: JSON.stringify({ version: 2, devices: {} }) },
  { reason: 'of other names', text: JSON.stringify({ version: 1, devices: { '../x': device } }) },
  {
    reason: 'of other capabilities',
    text: JSON.stringify({ version: 1, devices: { pen: { ...device, capabilities: '?' } } }),
  },
])('a file that is $reason is one problem until it is written anew', async ({ text, why }) => {
  const { path, open, reported } = await start(text);
  const devices = await open();
  expect(devices.known).toEqual([]);
  expect(reported).toEqual([
    [expect.stringMatching(why ?? `in ${path} cannot be read: its content is not ours.`)],
  ]);
  devices.save([pen]);
  await vi.waitFor(() => expect(reported.at(-1)).toEqual([]));
  expect((await open()).known).toEqual([pen]);
});

test('a file that cannot be written is a problem until it can', async () => {
  const { folder, path, open, reported } = await start();
  const devices = await open();
  await rm(folder, { recursive: true });
  devices.save([pen]);
  await vi.waitFor(() =>
    expect(reported).toEqual([
      [expect.stringMatching(`in ${path} cannot be written: no such file`)],
    ]),
  );
});
