import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../server/support.ts';
import { createDesktop, type Desktop, desktopPrograms } from './desktop.ts';
import { pairedHost } from './paired.ts';
import { missingOf, program, reasonText } from './wine.ts';

// A Windows desktop is started; how long that takes is no matter of these tests.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const missing = missingOf(...desktopPrograms);
const title = `what the agent ejects before Windows shuts down, under Wine${reasonText(missing)}`;

describe.skipIf(missing.length > 0)(title, () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await createDesktop();
  });
  afterAll(() => desktop.end());

  /** What the agent has asked Windows to do with devices when the session has ended. */
  async function askedAtTheEnd(...flags: string[]): Promise<Set<string>> {
    const { prefix } = desktop;
    const host = await pairedHost(prefix);
    prefix.env['WINEDEBUG'] = 'trace+setupapi';
    const agent = prefix.start(program, 'agent', ...flags);
    await until(() => host.service.control.listeners.size > 1);
    prefix.env['WINEDEBUG'] = '-all';
    await prefix.run('wineboot', '--end-session');
    await prefix.run(program, 'uninstall');
    const { stderr } = await agent;
    const asked = /setupapi:(SetupDiGetClassDevs|CM_Request_Device_Eject)/g;
    return new Set([...stderr.matchAll(asked)].map(([, name = '']) => name));
  }

  test('nothing is looked for where nothing was chosen', async () => {
    expect(await askedAtTheEnd()).toEqual(new Set());
  });

  test('what is not there is looked for, and nothing else is ejected in its place', async () => {
    expect(await askedAtTheEnd('--eject', String.raw`PCI\VEN_1002&DEV_73BF`)).toEqual(
      new Set(['SetupDiGetClassDevs']),
    );
  });

  test('what is there is ejected: the graphics card that Wine makes', async () => {
    const enumerated = String.raw`HKLM\System\CurrentControlSet\Enum\PCI`;
    const { stdout } = await desktop.prefix.run('reg', 'query', enumerated);
    const [card = 'none'] = /PCI\\VEN_\w+&DEV_\w+/.exec(stdout) ?? [];
    expect(await askedAtTheEnd('--eject', card)).toEqual(
      new Set(['SetupDiGetClassDevs', 'CM_Request_Device_Eject']),
    );
  });
});
