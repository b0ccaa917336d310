import { DomainRefusal } from '../domain/refusal.ts';
import { HandglassError, isErrno } from '../errors.ts';
import type { Clock, Converse } from '../host/ports.ts';
import { printable } from '../printable.ts';
import { lineOf } from './virsh-line.ts';
import { startVirshShell, type VirshAnswer, type VirshShell } from './virsh-shell.ts';

export interface Virsh {
  /** Runs one virsh command and gives what it prints. */
  (...args: string[]): Promise<string>;
  /**
   * Runs commands one after the other, whatever becomes of those before, and gives what each prints or
   * why libvirt refused it.
   */
  inTurn(commands: readonly (readonly string[])[]): Promise<(string | DomainRefusal)[]>;
}

/**
 * Virsh for one libvirt. A command that libvirt refuses rejects with a DomainRefusal; without virsh,
 * libvirt or the right to talk to it the HandglassError is `libvirt-unavailable`.
 *
 * Two are kept for the next commands, until the signal is aborted: to start one takes many times as
 * long as most commands. None waits behind another, which may hang while it is another seat's way back.
 */
export function virshFor(host: Converse & Clock, uri: string, signal: AbortSignal): Virsh {
  let kept: VirshShell[] = [];
  signal.addEventListener('abort', () => kept.forEach((shell) => shell.end()));

  function take(): VirshShell {
    kept = kept.filter((shell) => shell.isOpen());
    return kept.pop() ?? startVirshShell(host, uri, commandLimitMs);
  }

  function putBack(shell: VirshShell): void {
    if (signal.aborted || kept.length === keptAtMost) shell.end();
    else kept.push(shell);
  }

  const inTurn: Virsh['inTurn'] = async (commands) => {
    const lines = commands.map(lineOf);
    const shell = take();
    try {
      return outputsIn(await shell.ask(lines), uri);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      throw new HandglassError(
        'libvirt-unavailable',
        'The program virsh is not installed.',
        'Install the package that brings it, such as libvirt-clients.',
      );
    } finally {
      putBack(shell);
    }
  };

  const one = async (...args: string[]) => {
    const [output = ''] = await inTurn([args]);
    if (output instanceof DomainRefusal) throw output;
    return output;
  };
  return Object.assign(one, { inTurn });
}

const commandLimitMs = 20_000;
const keptAtMost = 2;

function outputsIn(answer: VirshAnswer, uri: string): (string | DomainRefusal)[] {
  if (answer.outcome === 'late') {
    throw unavailable(uri, `it did not answer within ${commandLimitMs / 1000} s`);
  }
  if (answer.outcome === 'ended') throw unavailable(uri, reasonIn(answer.stderr));
  // The one thing that only the text tells; it decides the explanation alone.
  const all = answer.printed.map(({ stderr }) => stderr).join('');
  const lost = /^error: ((Disconnected from|Failed to reconnect to) .*)/m.exec(all)?.[1];
  if (lost !== undefined) throw unavailable(uri, lost);
  return answer.printed.map(({ stdout, stderr }) =>
    /^error: /m.test(stderr) ? new DomainRefusal(reasonIn(stderr)) : stdout,
  );
}

/** Virsh prints what it could not do on one line and why on the next; the last says most. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('error: '));
  return (
    lines.at(-1)?.slice('error: '.length) ??
    (stderr.trim().split('\n').at(-1) || 'virsh gave no reason')
  );
}

function unavailable(uri: string, reason: string): HandglassError {
  const remedy = /authentication|permission denied/i.test(reason)
    ? 'Whoever asks has to be in the group libvirt: a user, or the service (units/handglass.sysusers).'
    : 'See `systemctl status libvirtd virtqemud`; it is tried again by itself.';
  return new HandglassError(
    'libvirt-unavailable',
    `libvirt (${uri}) cannot be reached: ${printable(reason)}.`,
    remedy,
  );
}
