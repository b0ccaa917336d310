/** The client for Windows, under Wine on this machine, with the real service in the virtual host. */
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mouse, type Service, serviceIn } from '../input/desk.ts';
import { carryPort } from '../lab/carry.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { createDesktop, type Desktop, desktopPrograms } from './desktop.ts';
import { missingOf, program, reasonText } from './wine.ts';

vi.setConfig({ testTimeout: 900_000 });

const missing = missingOf(...desktopPrograms);
const title = `the client for Windows and the service in the virtual host${reasonText(missing)}`;

const port = 18_503;
const patienceMs = 30_000;

describe.skipIf(missing.length > 0)(title, () => {
  let lab: Lab;
  let service: Service;
  let desktop: Desktop;
  const carrying = new AbortController();
  const sh = (script: string) => output(lab, script);
  const guest = (...words: string[]) => desktop.prefix.start(program, ...words);

  beforeAll(async () => {
    lab = await freshLab();
    service = serviceIn(lab);
    // With TLS on each address, be it one of the machine's own.
    const listen = `s/^listen = .*:${port}.*/listen = ["0.0.0.0:${port}"]/`;
    await sh(`sed -i '${listen}' /etc/handglass/handglass.toml
      systemctl restart handglass
      virsh start win10`);
    await carryPort(lab, port, carrying.signal);
    desktop = await createDesktop();
    const { pairing } = JSON.parse(await sh('handglass guest pair win10 --json')) as {
      pairing: string[];
    };
    const [invitation = ''] = pairing;
    const carried = invitation.replace(/\/\/[^/]+\//, `//127.0.0.1:${port}/`);
    expect(await guest('pair', carried)).toMatchObject({ exitCode: 0, stderr: '' });
  });

  afterAll(async () => {
    await desktop?.end();
    carrying.abort();
    await lab?.end();
  });

  const isInDomain = `test ! -e ${mouse} && virsh dumpxml win10 | grep -q ua-handglass`;
  const isOnHost = `test -e ${mouse} && ! virsh dumpxml win10 | grep -q ua-handglass`;

  /** Presses again only where nothing has come of it: what registers the hotkey is not told of. */
  async function pressUntil(owner: string): Promise<void> {
    const there = service.owner(owner).then(() => true);
    do {
      await desktop.pointAtIcon();
      await desktop.press('ctrl+alt+Home');
    } while (!(await Promise.race([there, setTimeout(patienceMs, false)])));
  }

  test('a hotkey in Windows moves a real mouse into the domain, and back', async () => {
    void guest('agent');
    await service.until(/"connected":true/);
    await pressUntil('win10');
    await until(lab, isInDomain);
    await pressUntil('host');
    await until(lab, isOnHost);
  });

  test('a service that hangs is missed by all that wait for it, and found again', async () => {
    const watch = guest('watch');
    const lines = createInterface({ input: watch.stdout })[Symbol.asyncIterator]();
    const next = async () => String((await lines.next()).value).slice(21);
    // What it is told of it hears.
    await vi.waitFor(
      async () => {
        await service.give('win10');
        await service.give('host');
        expect(await next()).toMatch(/desk with/);
      },
      { timeout: 180_000 },
    );
    await sh('systemctl kill --kill-whom=main --signal=SIGSTOP handglass');
    for (let line = await next(); !line.startsWith('the host'); line = await next()) continue;

    expect(await guest('give', 'desk')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(`does not answer at 127.0.0.1 port ${port}: `),
    });
    await sh('systemctl kill --kill-whom=main --signal=SIGCONT handglass');
    expect(await next()).toBe('the host is found again');
    await pressUntil('win10');
    await until(lab, isInDomain);
  });
});
