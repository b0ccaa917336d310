import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { Switchboard, SwitchboardTable } from '../../src/host/ports.ts';
import { addonPath, native, thrownBy } from './addon.ts';
import { threads } from './threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

let switchboard: Switchboard;
beforeEach(() => {
  switchboard = native.openSwitchboard(() => {});
});
afterEach(() => switchboard.close());

const chord = (over: object) => ({ routes: [], chords: [{ id: 1, seat: 0, keys: [29], ...over }] });
const many = (count: number) => Array.from({ length: count }, () => chord({}).chords[0] as never);
const routes = (...devices: number[]) => devices.map((device) => ({ device, seat: 0 }));

test('a listener that is no function is refused', () => {
  const error = thrownBy(() => native.openSwitchboard('no' as never));
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toMatchObject({ message: 'listener must be a function' });
});

test.each([
  ['a file', () => join(folder, 'file'), 'ENOTTY', 'EVIOCGVERSION'],
  ['a folder', () => folder, 'ENOTTY', 'EVIOCGVERSION'],
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
  ['an empty table', { routes: [], chords: [] }],
  ['routes of devices that are gone', { routes: routes(0, 1, 99), chords: [] }],
  ['the last key code there is', chord({ keys: [767] })],
  ['the last seat there is', chord({ seat: 15 })],
  ['as many chords as fit', { routes: [], chords: many(64) }],
  ['a chord of as many keys as fit', chord({ keys: [1, 2, 3, 4, 5, 6, 7, 8] })],
])('a table is taken: %s', (_name, table) => {
  expect(() => switchboard.apply(table)).not.toThrow();
});

test.each<[unknown, string]>([
  [undefined, 'table must be an object'],
  [null, 'table must be an object'],
  [{ chords: [] }, 'table.routes must be an array'],
  [{ routes: [], chords: {} }, 'table.chords must be an array'],
  [{ routes: [7], chords: [] }, 'table.routes[0] must be an object'],
  [{ routes: [{ seat: 0 }], chords: [] }, 'table.routes[0].device must be a whole number'],
  [{ routes: [{ device: 1.5, seat: 0 }], chords: [] }, 'table.routes[0].device must be'],
  [{ routes: [{ device: 1, seat: '0' }], chords: [] }, 'table.routes[0].seat must be'],
  [chord({ id: -1 }), 'table.chords[0].id must be a whole number from 0 to 4294967295'],
  [chord({ seat: Number.NaN }), 'table.chords[0].seat must be a whole number'],
  [chord({ keys: 29 }), 'table.chords[0].keys must be an array'],
  [chord({ keys: [29, 'leftctrl'] }), 'table.chords[0].keys[1] must be a whole number'],
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
  ['a device twice', { routes: routes(3, 3), chords: [] }, 'EINVAL', 'table.routes[1]: '],
  ['a seat too many', chord({ seat: 16 }), 'E2BIG', 'table.chords[0]: '],
  ['a key too many', chord({ keys: [1, 2, 3, 4, 5, 6, 7, 8, 9] }), 'E2BIG', 'chords[0].keys: '],
  ['a chord too many', { routes: [], chords: many(65) }, 'E2BIG', 'table.chords: '],
  ['a route too many', { routes: many(65), chords: [] }, 'E2BIG', 'table.routes: '],
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
    chords: [],
    get routes(): never {
      throw mine;
    },
  };
  expect(thrownBy(() => switchboard.apply(table))).toBe(mine);
});

test('a table that closes the switchboard while it is read is not applied', () => {
  const table = {
    chords: [],
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
    () => switchboard.apply({ routes: [], chords: [] }),
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
  const opened = Array.from({ length: 8 }, () => native.openSwitchboard(() => {}));
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
  expect(inProcess('globalThis.kept = native.openSwitchboard(() => {})')).toBe('');
});

test('a process may exit with its thread running', () => {
  expect(inProcess('globalThis.kept = native.openSwitchboard(() => {}); process.exit(0)')).toBe('');
});

test('a worker that ends takes its thread along', () => {
  const worker = `
    import { createRequire } from 'node:module';
    import { parentPort } from 'node:worker_threads';
    globalThis.kept = createRequire('/')(${JSON.stringify(addonPath)}).openSwitchboard(() => {});
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
    (() => native.openSwitchboard(() => {}))();
    console.log(threads());
    untilNone();`;
  expect(inProcess(script)).toBe('1\nclosed');
});

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}
