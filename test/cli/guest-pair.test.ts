import { readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { newIdentity } from '../guest/identity.ts';
import { startRelay } from '../guest/relay.ts';
import { handglass } from './handglass.ts';
import { done, idOf, invite, startGuest, startPaired, told } from './paired-guest.ts';

describe('guest pair with a string', () => {
  test('pairs, and keeps what it needs where only this user can read it', async () => {
    const guest = await startGuest();
    expect(await guest.run('pair', await invite(guest))).toEqual(
      done(`paired with 127.0.0.1 as guest ${idOf(guest)} of win10\n`),
    );
    expect(JSON.parse(await readFile(guest.file, 'utf8'))).toEqual({
      address: '127.0.0.1',
      port: guest.service.port,
      pin: expect.stringMatching(/^[\w-]{43}$/) as string,
      token: expect.stringMatching(`^${idOf(guest)}\\..+$`) as string,
      domain: 'win10',
    });
    expect((await stat(guest.file)).mode & 0o777).toBe(0o600);
  });

  test('takes it from the standard input too, where no other user sees it', async () => {
    const guest = await startGuest();
    const through = ['sh', '-c', 'printf "%s\\n" "$STRING" | "$@"', 'sh'];
    const env = { ...guest.env, STRING: await invite(guest) };
    const { stdout, stderr, status } = await handglass(['guest', 'pair', '-', '--json'], {
      env,
      through,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(JSON.parse(stdout)).toEqual({ id: idOf(guest), domain: 'win10' });
  });

  test('is of no use a second time', async () => {
    const guest = await startGuest();
    const string = await invite(guest);
    await guest.run('pair', string);
    expect(await guest.run('pair', string)).toEqual(
      told(
        5,
        'The code is not known here: it is good once, and for 10 minutes.',
        'Pair this guest on the host with `handglass guest pair DOMAIN`.',
      ),
    );
    expect((await guest.run('status')).status).toBe(0);
  });

  test('does not use the code up where another key answers, and keeps nothing', async () => {
    const guest = await startGuest();
    const string = await invite(guest);
    const { port } = await startRelay(await newIdentity(), guest.service.port);
    const misled = string.replace(`:${guest.service.port}/`, `:${port}/`);
    const { stderr, status } = await guest.run('pair', misled);
    expect(status).toBe(5);
    expect(stderr).toContain(`What answers at 127.0.0.1:${port} has not the host's key:`);
    await expect(stat(guest.file)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await guest.run('pair', string)).status).toBe(0);
  });

  test('is refused where it is cut off, before anything is sent', async () => {
    const guest = await startGuest();
    const [cut = ''] = (await invite(guest)).split('&');
    expect(await guest.run('pair', cut)).toEqual(
      told(
        2,
        'That pairing string cannot be used: it has no code; a shell cuts off what stands behind an & outside quotes.',
        'Copy the whole line that `handglass guest pair DOMAIN` prints on the host, in quotes.',
      ),
    );
  });

  test('has no way into a guest', async () => {
    const guest = await startGuest();
    expect(await guest.run('pair', await invite(guest), '--via', 'iso')).toEqual(
      told(
        2,
        '--via goes with a domain, not with a pairing string.',
        'On the host, write `handglass guest pair DOMAIN --via agent|iso`.',
      ),
    );
  });
});

test('unpair forgets the pairing, and says what is left on the host', async () => {
  const guest = await startPaired();
  const { run } = guest;
  const id = idOf(guest);
  expect(await run('unpair')).toEqual(
    done(
      'This guest has forgotten its pairing. The host has not:\n' +
        `\`handglass guest revoke ${id}\` there takes it out of the list.\n`,
    ),
  );
  expect((await run('status')).status).toBe(3);
});
