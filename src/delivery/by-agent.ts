/**
 * A pairing string goes through the guest agent into a file of the guest. The agent makes files that
 * everybody may read and write, so it lies in a folder that others cannot enter, and that is there in
 * every guest.
 *
 * The agent is root or SYSTEM, and whoever uses the code is the one who is paired. So the client is
 * run for the user who is logged in, for which there is a way in Linux alone; elsewhere that user has
 * to.
 */
import { z } from 'zod';
import type { Clock } from '../host/ports.ts';
import { guestAgentOf, type GuestAgent } from '../libvirt/guest-agent.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import { failed, step } from './failure.ts';

/** Who is paired now; or where the string is, and what has to be run there, by whom. */
export type AgentDelivery = { paired: string } | { file: string; by: string; command: string };

/** @throws HandglassError `pairing-failed`, `libvirt-unavailable` */
export async function deliverByAgent(
  clock: Clock,
  virsh: Virsh,
  domain: string,
  pairing: string,
): Promise<AgentDelivery> {
  const agent = guestAgentOf(virsh, domain);
  const commands = await step(
    `The guest agent of ${domain} does not answer`,
    'The domain has to run, with a channel org.qemu.guest_agent.0 in its XML and the QEMU guest agent (qemu-ga) installed and started in the guest.',
    () => enabledCommands(agent),
  );
  const { system, user } = await step(
    `The guest agent of ${domain} does not say what it runs on`,
    'Update the guest agent, or use the string in the guest by hand.',
    async () => ({ system: await systemOf(agent), user: await onlyUser(agent, commands) }),
  );
  const left = system === 'Windows' ? leftInWindows(user) : leftInLinux;
  const { file } = left;
  await step(
    `The guest agent of ${domain} does not write ${file}`,
    'Allow it guest-file-open, guest-file-write and guest-file-close (in Linux also by SELinux), or use the string in the guest by hand.',
    () => writeFile(agent, file, `${pairing}\n`),
  );
  const mayRun = ['guest-exec', 'guest-exec-status'].every((command) => commands.has(command));
  if (system === 'Windows' || user === null || !mayRun) return left;
  await pairUser(clock, agent, domain, user);
  return { paired: user };
}

const leftInLinux = {
  file: '/root/handglass-pairing',
  by: 'a user who may use sudo',
  command: 'sudo cat /root/handglass-pairing | handglass guest pair -',
};

function leftInWindows(user: string | null) {
  const home = user === null ? String.raw`Windows\System32\config\systemprofile` : `Users\\${user}`;
  const file = `C:\\${home}\\handglass-pairing.txt`;
  return {
    file,
    by: user ?? 'an administrator',
    command: `for /f "usebackq delims=" %s in ("${file}") do handglass-guest pair "%s"`,
  };
}

async function enabledCommands(agent: GuestAgent): Promise<Set<string>> {
  const command = z.object({ name: z.string(), enabled: z.boolean() });
  const info = await agent(z.object({ supported_commands: z.array(command) }), 'guest-info');
  const enabled = info.supported_commands.filter((each) => each.enabled);
  return new Set(enabled.map(({ name }) => name));
}

async function systemOf(agent: GuestAgent): Promise<'Windows' | 'Linux'> {
  const { id } = await agent(z.object({ id: z.string() }), 'guest-get-osinfo');
  return id === 'mswindows' ? 'Windows' : 'Linux';
}

/** Null too where the agent does not say. */
async function onlyUser(agent: GuestAgent, commands: Set<string>): Promise<string | null> {
  if (!commands.has('guest-get-users')) return null;
  // It becomes a part of a path, and is shown on a terminal of the host.
  const user = z.string().regex(/^[^\p{Cc}\\/-][^\p{Cc}\\/]*$/u);
  const users = await agent(z.array(z.object({ user })), 'guest-get-users');
  const [name, ...others] = new Set(users.map((each) => each.user));
  return name === undefined || others.length > 0 ? null : name;
}

async function writeFile(agent: GuestAgent, path: string, text: string): Promise<void> {
  const handle = await agent(z.number(), 'guest-file-open', { path, mode: 'w' });
  try {
    const bytes = Buffer.from(text).toString('base64');
    await agent(z.unknown(), 'guest-file-write', { handle, 'buf-b64': bytes });
  } finally {
    await agent(z.unknown(), 'guest-file-close', { handle });
  }
}

/** The string goes by standard input: every user of the guest may read the arguments of a program. */
const pairScript =
  'runuser --login "$1" --command "exec handglass guest pair -" <"$2" && rm -f "$2"';

async function pairUser(
  clock: Clock,
  agent: GuestAgent,
  domain: string,
  user: string,
): Promise<void> {
  const { file, command } = leftInLinux;
  const byHand = `In the guest, install Handglass if it is not there, and run: ${command}`;
  const what = `The string is in ${domain}, but its client could not use it for ${user}`;
  const problem = await step(what, byHand, async () => {
    const program = { path: '/bin/sh', arg: ['-c', pairScript, 'handglass', user, file] };
    const started = { ...program, 'capture-output': true };
    const { pid } = await agent(z.object({ pid: z.number() }), 'guest-exec', started);
    return problemOf(clock, agent, pid);
  });
  if (problem !== null) throw failed(`${what}: ${problem}.`, byHand);
}

const statusSchema = z.object({
  exited: z.boolean(),
  exitcode: z.number().optional(),
  'err-data': z.string().optional(),
});

/** Why a program of the guest has failed, once it has ended; null where it has not. */
async function problemOf(clock: Clock, agent: GuestAgent, pid: number): Promise<string | null> {
  for (let look = 0; look < looks; look += 1) {
    const status = await agent(statusSchema, 'guest-exec-status', { pid });
    if (status.exited) return status.exitcode === 0 ? null : saidIn(status['err-data']);
    await clock.sleep(betweenLooksMs);
  }
  return 'it did not end in time';
}

const looks = 60;
const betweenLooksMs = 500;

function saidIn(errorData = ''): string {
  const text = Buffer.from(errorData, 'base64').toString();
  // The guest may have written anything, and it is shown on a terminal of the host.
  return (
    text
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim()
      .replace(/\.$/, '') || 'it did not say why'
  );
}
