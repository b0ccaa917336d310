import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compileHarness } from './harness.ts';
import { createPrefix, missingOf, reasonText, type Prefix } from './wine.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingOf('x86_64-w64-mingw32-gcc', 'wine', 'wineserver');
const title = `what the client for Windows cannot send, under Wine${reasonText(missing)}`;

describe.skipIf(missing.length > 0)(title, () => {
  let folder: string;
  let prefix: Prefix;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'handglass-'));
    prefix = await createPrefix();
  });
  afterAll(async () => {
    await prefix.end();
    rmSync(folder, { recursive: true });
  });

  test('it ends the connection: who receives is told, and nothing is sent behind it', async () => {
    const harness = compileHarness(
      folder,
      'stuck',
      ['arena', 'json', 'pin', 'protocol', 'render-words', 'text', 'wide'],
      ['winhttp', 'bcrypt', 'crypt32'],
    );
    const { stdout } = await prefix.run(harness);
    const lines = stdout.trimEnd().split('\r\n');
    const why = 'The service does not answer any more: it hangs, was killed, or cannot be reached.';
    expect(lines.toSorted()).toEqual(['given 1', `receive ${why}`, `send ${why}`, `send ${why}`]);
  });
});
