import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Switchboard, SwitchboardTable } from '../../src/host/switchboard-port.ts';
import { addonPath, native, thrownBy } from './addon.ts';
import { threads } from './threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

let switchboard: Switchboard;
beforeEach(() => {
  switchboard = native.openSwitchboard(() => {}, false);
});
afterEach(() => switchboard.close());

const empty: SwitchboardTable = { routes: [], targets: [], seats: [], chords: [] };
const plain = { id: 1, seat: 0, keys: [29], taps: 1, holdMs: 0, swallow: true, panic: false };
const chord = (over: object) =>
  ({ ...empty, chords: [{ ...plain, targets: [], ...over }] }) as SwitchboardTable;
const many = (count: number) => Array.from({ length: count }, () => chord({}).chords[0] as never);
const route = (over: object) => ({
  ...empty,
  routes: [{ device: 1, seat: 0, clones: [], ...over }],
});
const routes = (...devices: number[]) => devices.map((device) => ({ device, seat: 0, clones: [] }));
const target = { keyboard: 0, pointer: 0 };

test.each([
  ['listener must be a function', 'no' as never, false],
  ['realtime must be true or false', () => {}, 'no' as never],
])('a switchboard is refused: %s', (message, listener, realtime) => {
  const error = thrownBy(() => native.openSwitchboard(listener, realtime));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message });
});

test('without being asked for it runs at no real-time priority', () => {
  expect(switchboard.realtime).toBe(false);
});

test.each([
  ['a file', () => join(folder, 'file'), 'ENOTTY', 'EVIOCGVERSION'],
  ['a folder', () => folder, 'EISDIR', 'open'],
  ['another kind of device', () => '/dev/null', 'ENOTTY', 'EVIOCGVERSION'],
  ['nothing', () => join(folder, 'nothing'), 'ENOENT', 'open'],
])('opening %s fails with its errno and path', (_name, pathOf, code, syscall) => {
  writeFileSync(join(folder, 'file'), '');
  const error = thrownBy(() => switchboard.open(pathOf()));
  expect(error).toMatchObject({
    code,
    syscall,
    message: expect.stringMatching(`^${code}: .*, ${syscall} '${pathOf()}'$`),
  });
});

test('an opening that fails leaves no file open', () => {
  const before = openFiles();
  thrownBy(() => switchboard.open('/dev/null'));
  expect(openFiles()).toBe(before);
});

test.each([[undefined], [7], ['a\0b'], ['/'.repeat(4096)]])('open(%j) is refused', (path) => {
  const error = thrownBy(() => switchboard.open(path as string));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringMatching(/^path must be a string/) });
});

test('closing a device that is not open is ignored', () => {
  switchboard.closeDevice(0);
  switchboard.closeDevice(4_294_967_295);
  expect(thrownBy(() => switchboard.closeDevice(-1))).toBeInstanceOf(TypeError);
});

test.each<[string, SwitchboardTable]>([
  ['an empty table', empty],
  ['routes of devices that are gone', { ...empty, routes: routes(0, 1, 99) }],
  ['clones and targets that are no proxies', { ...route({ clones: [0, 9] }), targets: [target] }],
  ['the last key code there is', chord({ keys: [767] })],
  ['the last seat there is', chord({ seat: 15 })],
  ['the last target there is', chord({ targets: [0, 15] })],
  ['a double tap', chord({ taps: 2 })],
  ['as many chords as fit', { ...empty, chords: many(64) }],
  ['a chord of as many keys as fit', chord({ keys: [1, 2, 3, 4, 5, 6, 7, 8] })],
  ['as many targets as fit', { ...empty, targets: Array.from({ length: 16 }, () => target) }],
])('a table is taken: %s', (_name, table) => {
  expect(() => switchboard.apply(table)).not.toThrow();
});

test.each<[unknown, string]>([
  [undefined, 'table must be an object'],
  [null, 'table must be an object'],
  [{ ...empty, routes: undefined }, 'table.routes must be an array'],
  [{ ...empty, targets: 7 }, 'table.targets must be an array'],
  [{ ...empty, seats: null }, 'table.seats must be an array'],
  [{ ...empty, chords: {} }, 'table.chords must be an array'],
  [{ ...empty, routes: [7] }, 'table.routes[0] must be an object'],
  [route({ device: undefined }), 'table.routes[0].device must be a whole number'],
  [route({ device: 1.5 }), 'table.routes[0].device must be'],
  [route({ seat: '0' }), 'table.routes[0].seat must be'],
  [route({ clones: undefined }), 'table.routes[0].clones must be an array'],
  [route({ clones: [0, -1] }), 'table.routes[0].clones[1] must be a whole number'],
  [{ ...empty, targets: [{ keyboard: 1 }] }, 'table.targets[0].pointer must be a whole number'],
  [{ ...empty, seats: [{ swallow: 1 }] }, 'table.seats[0].swallow must be true or false'],
  [{ ...empty, seats: [{ swallow: true }] }, 'table.seats[0].direct must be true or false'],
  [chord({ id: -1 }), 'table.chords[0].id must be a whole number from 0 to 4294967295'],
  [chord({ seat: Number.NaN }), 'table.chords[0].seat must be a whole number'],
  [chord({ keys: 29 }), 'table.chords[0].keys must be an array'],
  [chord({ keys: [29, 'leftctrl'] }), 'table.chords[0].keys[1] must be a whole number'],
  [chord({ taps: '2' }), 'table.chords[0].taps must be a whole number'],
  [chord({ holdMs: -1 }), 'table.chords[0].holdMs must be a whole number'],
  [chord({ swallow: undefined }), 'table.chords[0].swallow must be true or false'],
  [chord({ panic: 'no' }), 'table.chords[0].panic must be true or false'],
  [chord({ targets: undefined }), 'table.chords[0].targets must be an array'],
])('the table %j is refused by the place', (table, message) => {
  const error = thrownBy(() => switchboard.apply(table as SwitchboardTable));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: expect.stringContaining(message) });
});

test.each<[string, SwitchboardTable, string, string]>([
  ['a key of no code', chord({ keys: [0] }), 'EINVAL', 'table.chords[0].keys[0]: '],
  ['a key beyond all codes', chord({ keys: [1, 768] }), 'EINVAL', 'table.chords[0].keys[1]: '],
  ['a key twice', chord({ keys: [29, 29] }), 'EINVAL', 'table.chords[0].keys[1]: '],
  ['no keys', chord({ keys: [] }), 'EINVAL', 'table.chords[0]: '],
  ['a device twice', { ...empty, routes: routes(3, 3) }, 'EINVAL', 'table.routes[1]: '],
  ['a seat too many', chord({ seat: 16 }), 'E2BIG', 'table.chords[0]: '],
  ['a key too many', chord({ keys: [1, 2, 3, 4, 5, 6, 7, 8, 9] }), 'E2BIG', 'chords[0].keys: '],
  ['a chord to a target too many', chord({ targets: [16] }), 'E2BIG', 'table.chords[0]: '],
  ['a chord too many', { ...empty, chords: many(65) }, 'E2BIG', 'table.chords: '],
  ['a route too many', { ...empty, routes: many(65) }, 'E2BIG', 'table.routes: '],
  ['a target too many', { ...empty, targets: many(17) }, 'E2BIG', 'table.targets: '],
  ['a rule too many', { ...empty, seats: many(17) }, 'E2BIG', 'table.seats: '],
  ['a clone too many', route({ clones: Array(17).fill(0) }), 'E2BIG', 'table.routes[0].clones: '],
])('a table with %s is refused', (_name, table, code, place) => {
  expect(thrownBy(() => switchboard.apply(table))).toMatchObject({
    code,
    syscall: 'apply',
    message: expect.stringContaining(place),
  });
});

test('what a getter of the table throws comes through', () => {
  const mine = new Error('mine');
  const table = {
    ...empty,
    get routes(): never {
      throw mine;
    },
  };
  expect(thrownBy(() => switchboard.apply(table))).toBe(mine);
});

test('a table that closes the switchboard while it is read is not applied', () => {
  const table = {
    ...empty,
    get routes() {
      switchboard.close();
      return [];
    },
  };
  expect(thrownBy(() => switchboard.apply(table))).toMatchObject({ code: 'EBADF' });
});

test('a closed switchboard may be closed again and refuses the rest', () => {
  switchboard.close();
  switchboard.close();
  for (const action of [
    () => switchboard.open('/dev/null'),
    () => switchboard.closeDevice(1),
    () => switchboard.apply(empty),
    () => switchboard.capabilities(1),
    () => switchboard.createProxy('name', 'phys', 'keyboard'),
    () => switchboard.adoptProxy(0, 0),
    () => switchboard.proxyFolder(1),
    () => switchboard.openNode(1, '/dev/null'),
    () => switchboard.descriptors(1),
    () => switchboard.written(1),
    () => switchboard.watchProcess(1, process.pid),
    () => switchboard.move(0, 1, 0),
    () => switchboard.tryFor(1000),
  ]) {
    expect(thrownBy(action)).toMatchObject({ code: 'EBADF' });
  }
});

test('the methods are refused on another object', () => {
  const stray = { open: switchboard.open.bind({}), close: switchboard.close.bind(undefined) };
  expect(thrownBy(() => stray.open('/dev/null'))).toBeInstanceOf(TypeError);
  expect(thrownBy(() => stray.close())).toBeInstanceOf(TypeError);
});

test('closing ends the thread and closes what it had open', async () => {
  switchboard.close();
  await expect.poll(threads).toBe(0);
  const before = openFiles();
  const opened = Array.from({ length: 8 }, () => native.openSwitchboard(() => {}, false));
  expect(threads()).toBe(8);
  opened.forEach((each) => each.close());
  expect(openFiles()).toBe(before);
  await expect.poll(threads).toBe(0);
});

/** Runs a script in a process of its own, and returns what it prints. */
const inProcess = (script: string) => {
  const prelude = `
    import { createRequire } from 'node:module';
    import { threads } from ${JSON.stringify(import.meta.resolve('./threads.ts'))};
    const native = createRequire('/')(${JSON.stringify(addonPath)});
    const untilNone = async () => {
      while (threads() > 0) {
        gc();
        await new Promise(setImmediate);
      }
      console.log('closed');
    };`;
  const args = ['--expose-gc', '--input-type=module', '-e', `${prelude}${script}`];
  const env = { ...process.env, FORCE_COLOR: '0' };
  return execFileSync(process.execPath, args, { env, encoding: 'utf8', timeout: 20_000 }).trim();
};

test('an open switchboard does not keep the process alive', () => {
  expect(inProcess('globalThis.kept = native.openSwitchboard(() => {}, false)')).toBe('');
});

test('a process may exit with its thread running', () => {
  expect(
    inProcess('globalThis.kept = native.openSwitchboard(() => {}, false); process.exit(0)'),
  ).toBe('');
});

test('a worker that ends takes its thread along', () => {
  const worker = `
    import { createRequire } from 'node:module';
    import { parentPort } from 'node:worker_threads';
    globalThis.kept = createRequire('/')(${JSON.stringify(addonPath)}).openSwitchboard(() => {}, false);
    parentPort.on('message', () => {}).postMessage('up');`;
  const script = `
    const { Worker } = await import('node:worker_threads');
    const worker = new Worker(${JSON.stringify(worker)}, { eval: true });
    worker.once('message', async () => {
      console.log(threads());
      await worker.terminate();
      await untilNone();
    });`;
  expect(inProcess(script)).toBe('1\nclosed');
});

test('a switchboard that nobody keeps is closed', () => {
  const script = `
    (() => native.openSwitchboard(() => {}, false))();
    console.log(threads());
    untilNone();`;
  expect(inProcess(script)).toBe('1\nclosed');
});

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}
