import { chmod, rename } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HandglassError, type ErrorCode } from '../../src/errors.ts';
import { sampleState, startService, temporaryFolder } from '../server/support.ts';
import { at, handglass, without } from './handglass.ts';

const commands = [
  ['status'],
  ['give', 'desk', 'win10'],
  ['toggle'],
  ['watch'],
  ['guest', 'pair', 'win10'],
  ['guest', 'list'],
  ['guest', 'revoke', '0123456789ab'],
  ['panel'],
  ['confirm'],
  ['suspend'],
  ['resume'],
];

describe('a service that is not running is named, with what starts it', () => {
  test.each(commands)('%s', async (...args) => {
    const folder = await temporaryFolder();
    const socket = join(folder, 'handglass.sock');
    expect(await handglass(args, at(folder))).toEqual({
      stdout: '',
      stderr:
        `handglass: The Handglass service does not run: there is no socket at ${socket}.\n` +
        '           Start it with `sudo systemctl start handglass`; if it does not stay up, `journalctl -u handglass` says why.\n',
      status: 4,
    });
  });

  test('where a dead one has left its socket', async () => {
    const folder = await temporaryFolder();
    const socket = join(folder, 'handglass.sock');
    await leaveStaleSocket(socket);
    expect(await handglass(['status'], at(folder))).toEqual({
      stdout: '',
      stderr:
        `handglass: The Handglass service does not run: nobody listens at ${socket}.\n` +
        '           Start it with `sudo systemctl start handglass`; if it does not stay up, `journalctl -u handglass` says why.\n',
      status: 4,
    });
  });
});

test('a user who may not open the socket is told which group to join', async () => {
  const { folder, socketPath } = await startService();
  await chmod(socketPath, 0);
  const options = { ...at(folder), through: without('dac_override') };
  expect(await handglass(['status'], options)).toEqual({
    stdout: '',
    stderr:
      `handglass: This user may not open ${socketPath}.\n` +
      '           Join the group with `sudo usermod -aG handglass "$USER"`, then log in again.\n',
    status: 5,
  });
});

describe('what the service refuses is told in its words', () => {
  test.each([
    {
      args: ['give', 'sofa', 'win10'],
      stderr: ['There is no seat "sofa".', 'Name one of: desk, couch, lab.'],
      status: 1,
    },
    {
      args: ['toggle', 'sofa'],
      stderr: ['There is no seat "sofa".', 'Name one of: desk, couch, lab.'],
      status: 1,
    },
    {
      args: ['toggle'],
      stderr: ['There are several seats.', 'Name one of: desk, couch, lab.'],
      status: 2,
    },
    {
      args: ['guest', 'pair', 'win11'],
      stderr: [
        'No seat lists the domain "win11".',
        'Add it to `domains` of a [[seat]] in the configuration, then restart the service.',
      ],
      status: 1,
    },
    {
      args: ['guest', 'revoke', '0123456789ab'],
      stderr: ['No guest has the id "0123456789ab".', '`handglass guest list` shows every guest.'],
      status: 1,
    },
  ])('$args', async ({ args, stderr, status }) => {
    const { folder } = await startService();
    expect(await handglass(args, at(folder))).toEqual({ stdout: '', stderr: told(stderr), status });
  });

  test('where there is no seat at all', async () => {
    const { folder } = await startService({ state: { ...sampleState, seats: [] } });
    expect(await handglass(['toggle'], at(folder))).toEqual({
      stdout: '',
      stderr: told(['There is no seat.', 'List the domain in a [[seat]] of the configuration.']),
      status: 1,
    });
  });
});

describe('a handoff that fails is told with its reason, and with the status of its kind', () => {
  const failures: [ErrorCode, number][] = [
    ['target-unknown', 1],
    ['domain-unknown', 1],
    ['domain-not-running', 1],
    ['device-absent', 1],
    ['device-ambiguous', 1],
    ['handoff-failed', 1],
    ['busy', 1],
    ['libvirt-unavailable', 1],
    ['not-permitted', 5],
  ];
  test.each(failures)('%s: %i', async (code, status) => {
    const { folder, control } = await startService();
    control.beforeMoveEnds = () =>
      Promise.reject(new HandglassError(code, `It is ${code}.`, 'Do something.'));
    const expected = { stdout: '', stderr: told([`It is ${code}.`, 'Do something.']), status };
    expect(await handglass(['give', 'desk', 'win10'], at(folder))).toEqual(expected);
    expect(await handglass(['toggle', 'desk', '--json'], at(folder))).toEqual(expected);
  });

  test('several sentences, on lines of their own, stay below one another', async () => {
    const { folder, control } = await startService();
    control.beforeMoveEnds = () =>
      Promise.reject(new HandglassError('handoff-failed', 'One stuck.\nTwo is back.'));
    expect(await handglass(['toggle', 'desk'], at(folder))).toEqual({
      stdout: '',
      stderr: told(['One stuck.', 'Two is back.']),
      status: 1,
    });
  });

  test('what the service did not foresee', async () => {
    const { folder, control } = await startService();
    control.beforeMoveEnds = () => Promise.reject(new TypeError('secret of the service'));
    expect(await handglass(['toggle', 'desk'], at(folder))).toEqual({
      stdout: '',
      stderr: told([
        'The service failed in a way that it does not know.',
        'Its journal has the reason: run `journalctl -u handglass` on the host.',
      ]),
      status: 1,
    });
  });
});

test('a service that ends during a handoff is named', async () => {
  const service = await startService();
  service.control.beforeMoveEnds = () => service.stop();
  expect(await handglass(['give', 'desk', 'win10'], at(service.folder))).toEqual({
    stdout: '',
    stderr: told([
      'The service has ended.',
      'On the host, `systemctl status handglass` shows how it is.',
    ]),
    status: 4,
  });
});

function told(lines: string[]): string {
  return lines
    .map((line, index) => `${index === 0 ? 'handglass: ' : '           '}${line}\n`)
    .join('');
}

/** A name that outlives its socket, as after SIGKILL. */
async function leaveStaleSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.new`, resolve));
  // Closing removes the path that was listened on, and no other.
  await rename(`${path}.new`, path);
  await new Promise((resolve) => server.close(resolve));
}
