import { chmod, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { handglass } from './handglass.ts';
import {
  done,
  paired,
  replaceHost,
  revoke,
  startGuest,
  startPaired,
  told,
} from './paired-guest.ts';

describe('in a guest that is paired', () => {
  test('each command says that the host is away', async () => {
    const { run, service } = await startPaired();
    await service.stop();
    for (const args of [['status'], ['give', 'desk'], ['release', 'desk'], ['toggle']]) {
      expect(await run(...args)).toEqual(
        told(
          4,
          `The host does not answer at 127.0.0.1:${service.port}: nobody listens there.`,
          'On the host, `systemctl status handglass` shows whether the service runs.',
        ),
      );
    }
  });

  test('each command refuses a host with another key', async () => {
    const guest = await startPaired();
    await replaceHost(guest);
    for (const args of paired) {
      const { stdout, stderr, status } = await guest.run(...args);
      expect({ stdout, status }).toEqual({ stdout: '', status: 5 });
      expect(stderr).toContain("another machine answers in the host's place");
      expect(stderr).toContain('Do not go on unless you know why.');
    }
  });

  test('each command says that the guest was revoked', async () => {
    const guest = await startPaired();
    await revoke(guest);
    for (const args of paired) {
      expect(await guest.run(...args)).toEqual(
        told(
          5,
          'The token is not known here.',
          'Pair this guest on the host with `handglass guest pair DOMAIN`.',
        ),
      );
    }
  });
});

describe('a guest that is not paired is told how to', () => {
  test.each([...paired, ['unpair']])('%s %s', async (...args) => {
    const { run, file } = await startGuest();
    expect(await run(...args)).toEqual(
      told(
        3,
        `This guest is not paired: there is no ${file}.`,
        'To pair it, run `handglass guest pair DOMAIN` on the host, and here what that says.',
      ),
    );
  });
});

test.each([{}, { XDG_CONFIG_HOME: '' }, { XDG_CONFIG_HOME: 'relative' }])(
  'without a folder for configuration (%j) the pairing is looked for below the home folder',
  async (env) => {
    const { stderr } = await handglass(['guest', 'status'], { env: { HOME: '/nobody', ...env } });
    expect(stderr).toContain('there is no /nobody/.config/handglass/guest.json.');
  },
);

test('a pairing that is damaged or open to others is not used', async () => {
  const { run, file } = await startPaired();
  await chmod(file, 0o644);
  expect(await run('status')).toMatchObject({ stdout: '', status: 3 });
  await chmod(file, 0o600);
  await writeFile(file, '{');
  expect(await run('status')).toMatchObject({ stdout: '', status: 3 });
  expect(await run('unpair', '--json')).toEqual(done('{"id":null}\n'));
});
