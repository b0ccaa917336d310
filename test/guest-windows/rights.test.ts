import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compileHarness } from './harness.ts';
import { createPrefix, missingOf, reasonText, type Prefix } from './wine.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingOf('x86_64-w64-mingw32-gcc', 'wine', 'wineserver');
const title = `the rights of what the client for Windows keeps, under Wine${reasonText(missing)}`;

const file = String.raw`C:\users\alice\AppData\Roaming\Handglass\guest.dat`;

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

  test('a file and its folder are made for the user and SYSTEM alone, and inherit nothing', async () => {
    const harness = compileHarness(
      folder,
      'rights',
      ['arena', 'text', 'wide'],
      ['advapi32', 'shell32'],
    );
    const { exitCode, stdout } = await prefix.run(harness, file);
    expect(exitCode).toBe(0);
    const [user = ''] = /S-1-5-21-[\d-]+/.exec(stdout) ?? [];
    const alone = `D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;${user})`;
    const [made, fresh, kept, ...more] = stdout.trimEnd().split('\r\n');
    expect([made, fresh, ...more]).toEqual([
      `made Handglass ${alone}`,
      `made guest.dat.new ${alone}`,
    ]);
    // Wine keeps who may do what, and not what is inherited.
    expect(kept).toBe(`kept guest.dat D:(A;;FA;;;SY)(A;;FA;;;${user})`);
  });
});
