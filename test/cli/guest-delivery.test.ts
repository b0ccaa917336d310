import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { virshCommands } from '../delivery/virsh-commands.ts';
import { startService, temporaryFolder } from '../server/support.ts';
import { handglass } from './handglass.ts';
import { configFile } from './temporary.ts';

const desk = '[[seat]]\nname = "desk"\ndomains = ["win10"]\nusb = [{ serial = "M1" }]\n';

/** A guest agent in Windows, where alice is logged in. */
const agent = {
  'qemu-agent-command': `case $5 in
*guest-info*) printf '{"return":{"supported_commands":[{"name":"guest-get-users","enabled":true}]}}' ;;
*guest-get-osinfo*) printf '{"return":{"id":"mswindows"}}' ;;
*guest-get-users*) printf '{"return":[{"user":"alice"}]}' ;;
*guest-file-open*) printf '{"return":3}' ;;
*guest-file-write*) printf %s "$5" >written; printf '{"return":{}}' ;;
*) printf '{"return":{}}' ;;
esac`,
};

/** Runs `guest pair win10` on the host, with this folder alone to look for programs in. */
async function pair(programs: string, config: string, ...flags: string[]) {
  const { folder } = await startService();
  const env = { RUNTIME_DIRECTORY: folder, PATH: `${programs}:/usr/bin:/bin` };
  const path = await configFile(config);
  return handglass(['guest', 'pair', 'win10', '--config', path, ...flags], { env });
}

test('--via agent prints the string, brings it into the guest, and says what to do there', async () => {
  const { folder } = await virshCommands(agent);
  const { stdout, stderr, status } = await pair(folder, desk, '--via', 'agent');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const [string = '', ...lines] = stdout.trimEnd().split('\n');
  expect(lines.slice(-3)).toEqual([
    '',
    String.raw`It is in win10, in C:\Users\alice\handglass-pairing.txt. There, alice runs:`,
    String.raw`  for /f "usebackq delims=" %s in ("C:\Users\alice\handglass-pairing.txt") do handglass-guest pair "%s"`,
  ]);
  const { arguments: written } = JSON.parse(await readFile(join(folder, 'written'), 'utf8')) as {
    arguments: { 'buf-b64': string };
  };
  expect(Buffer.from(written['buf-b64'], 'base64').toString()).toBe(`${string}\n`);
});

test('--json prints the answer of the service with what has become of the delivery', async () => {
  const { folder } = await virshCommands(agent);
  const { stdout, status } = await pair(folder, desk, '--via', 'agent', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    domain: 'win10',
    delivered: { file: String.raw`C:\Users\alice\handglass-pairing.txt`, by: 'alice' },
  });
  expect(status).toBe(0);
});

test('--json prints the string where the delivery fails too', async () => {
  const { folder } = await virshCommands({
    'qemu-agent-command': "echo 'error: QEMU guest agent is not connected' >&3",
  });
  const { stdout, stderr, status } = await pair(folder, desk, '--via', 'agent', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    pairing: [expect.stringMatching(/^handglass:/)],
    delivered: null,
  });
  expect(stderr).toContain('The guest agent of win10 does not answer');
  expect(status).toBe(1);
});

test('where the delivery fails, the string is there to be used by hand', async () => {
  const { folder } = await virshCommands({
    'qemu-agent-command': "echo 'error: QEMU guest agent is not connected' >&3",
  });
  const { stdout, stderr, status } = await pair(folder, desk, '--via', 'agent');
  expect(stdout).toMatch(/^handglass:\/\//);
  expect(stderr).toMatch(
    /^handglass: The guest agent of win10 does not answer: QEMU guest agent is not connected\.\n/,
  );
  expect(status).toBe(1);
});

test('a user whom libvirt does not let in is told of the group', async () => {
  const { folder } = await virshCommands({});
  const denied = "#!/bin/sh\necho 'error: authentication unavailable' >&2\nexit 1\n";
  await writeFile(join(folder, 'virsh'), denied, { mode: 0o755 });
  const { stderr, status } = await pair(folder, desk, '--via', 'agent');
  expect(stderr).toBe(
    'handglass: libvirt (qemu:///system) cannot be reached: authentication unavailable.\n' +
      '           Whoever asks has to be in the group libvirt: a user, or the service (units/handglass.sysusers).\n',
  );
  expect(status).toBe(1);
});

test('a domain that libvirt does not run has no way but by hand', async () => {
  const qemu = '[[qemu]]\nname = "win10"\nsocket = "/run/qemu/win10.qmp"\n';
  const { stderr, status } = await pair(await temporaryFolder(), desk + qemu, '--via', 'iso');
  expect(stderr).toBe(
    'handglass: win10 is a [[qemu]], and --via goes through libvirt.\n' +
      '           Leave --via out, and use the string in the guest by hand.\n',
  );
  expect(status).toBe(2);
});

test('there is no other way', async () => {
  const { stderr, status } = await pair(await temporaryFolder(), desk, '--via', 'post');
  expect(stderr).toContain('--via takes agent or iso, not "post".');
  expect(status).toBe(2);
});
