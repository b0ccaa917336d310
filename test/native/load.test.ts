import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nativeAt } from '../../src/host/native.ts';
import { thrownBy } from './addon.ts';

const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ['missing', undefined, /handglass\.node is missing\. Build it/],
  ['no shared library', 'text', /handglass\.node cannot be loaded: .*\. Build it/s],
])('an addon that is %s is an error with the remedy', (_name, content, message) => {
  const path = join(folder, 'handglass.node');
  rmSync(path, { force: true });
  if (content !== undefined) {
    writeFileSync(path, content);
  }
  expect(thrownBy(() => nativeAt(path).notify('READY=1'))).toMatchObject({
    name: 'HandglassError',
    code: 'internal',
    message: expect.stringMatching(message),
    remedy: expect.stringContaining('npm run build'),
  });
});

const names = ['reserve', 'notify', 'inherited', 'closeDescriptor', 'openSwitchboard'];

test.each(names)('an addon of another version, without %s, is an error with the remedy', (name) => {
  const path = join(folder, `without-${name}.cjs`);
  const others = names.filter((each) => each !== name);
  writeFileSync(path, others.map((each) => `exports.${each} = () => true;\n`).join(''));
  expect(thrownBy(() => nativeAt(path).notify('READY=1'))).toMatchObject({
    code: 'internal',
    what: expect.stringContaining('of another version'),
    remedy: expect.stringContaining('npm run build'),
  });
});

test('an addon is not loaded before it is used', () => {
  expect(nativeAt('/nowhere/handglass.node')).toBeDefined();
});
