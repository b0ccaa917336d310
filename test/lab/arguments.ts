/** What the command line of `npm run lab` asks for. */
import { parseArgs } from 'node:util';
import { WrongUsage } from './failure.ts';

export type Request = { action: 'help' } | BootRequest | AttachRequest;

export interface BootRequest {
  action: 'boot';
  boot: 'systemd' | 'bare';
  accel: 'tcg' | 'kvm';
  program: Program;
}

export interface AttachRequest {
  action: 'attach';
  program: Program;
}

/** What to run inside: a program of the outside, words, or a shell. */
export type Program = { file: string } | { command: string[] } | 'shell';

export const help = `\
Boots the virtual host, runs a command inside as root and exits with its status.

  npm run lab -- [--boot systemd|bare] [--accel tcg|kvm] [--exec FILE | -- COMMAND...]
  npm run lab -- --attach [--exec FILE | -- COMMAND...]

  --boot systemd   the whole system (default)
  --boot bare      udev and libvirtd alone, in half the time
  --accel kvm      hardware virtualisation in place of emulation; on some machines it hangs
  --exec FILE      run this script of the outside inside; it starts with #!
  --attach         use the virtual host that already runs, such as from a second terminal

Without a command there is a shell. A copy of the checkout is at /usr/lib/handglass, read-only, and
\`handglass\` and \`labctl\` (see labctl help) are on PATH.

\`labctl reboot\` takes the command with it. In the next boot it is started again from its beginning
and with its whole input, and LAB_BOOT in its environment counts the boots: 1, 2, 3, ... So a script
goes on in stages. An attached command is not started again.
`;

/** Throws WrongUsage. */
export function parseRequest(words: readonly string[]): Request {
  const { values, positionals } = parsed(words);
  if (values.help) return { action: 'help' };
  const program = programOf(values.exec, positionals, words.includes('--'));
  if (values.attach) {
    if (values.boot !== undefined || values.accel !== undefined) {
      throw new WrongUsage(
        '--attach uses a virtual host that runs already: leave out --boot and --accel.',
      );
    }
    return { action: 'attach', program };
  }
  return {
    action: 'boot',
    boot: oneOf('--boot', values.boot ?? 'systemd', ['systemd', 'bare']),
    accel: oneOf('--accel', values.accel ?? 'tcg', ['tcg', 'kvm']),
    program,
  };
}

function parsed(words: readonly string[]) {
  const end = words.indexOf('--');
  const before = end === -1 ? words : words.slice(0, end);
  try {
    const { values, positionals: stray } = parseArgs({
      args: [...before],
      allowPositionals: true,
      options: {
        boot: { type: 'string' },
        accel: { type: 'string' },
        exec: { type: 'string' },
        attach: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (stray[0] !== undefined) {
      throw new WrongUsage(`A command comes after --, and ${stray[0]} stands before it.`);
    }
    return { values, positionals: end === -1 ? [] : words.slice(end + 1) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node goes on with advice on positional arguments, of which there are none here.
    throw new WrongUsage(`${error.message.split(/\.? (?=To specify|Did you forget)/)[0]}.`);
  }
}

function programOf(file: string | undefined, command: string[], separated: boolean): Program {
  if (file !== undefined && separated)
    throw new WrongUsage('Give --exec FILE or -- COMMAND, not both.');
  if (file !== undefined) return { file };
  if (separated && command.length === 0) throw new WrongUsage('After -- comes the command to run.');
  return separated ? { command } : 'shell';
}

function oneOf<const T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined)
    throw new WrongUsage(`${option} is ${choices.join(' or ')}, not ${value}.`);
  return choice;
}
