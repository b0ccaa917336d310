import { HandglassError, isErrno } from '../errors.ts';
import type { Run } from '../host/ports.ts';

/** Runs one virsh command and gives what it prints. */
export type Virsh = (...args: string[]) => Promise<string>;

/** A virsh command that libvirt refused, in libvirt's own words. */
export class VirshRefusal extends Error {
  override name = 'VirshRefusal';
}

/**
 * Virsh for one libvirt. A command that libvirt refuses rejects with a VirshRefusal; without virsh,
 * libvirt or the right to talk to it the HandglassError is `libvirt-unavailable`.
 */
export function virshFor(host: Run, uri: string): Virsh {
  return async (...args) => {
    const result = await host
      .run('virsh', ['--quiet', '--connect', uri, ...args], { timeoutMs: commandLimitMs })
      .catch((error: unknown) => {
        if (!isErrno(error, 'ENOENT')) throw error;
        throw new HandglassError(
          'libvirt-unavailable',
          'The program virsh is not installed.',
          'Install the package that brings it, such as libvirt-clients.',
        );
      });
    if (result.timedOut)
      throw unavailable(uri, `it did not answer within ${commandLimitMs / 1000} s`);
    if (result.exitCode === 0) return result.stdout;
    const reason = reasonIn(result.stderr);
    // The one thing that only the text tells; it decides the explanation alone.
    if (/^(error: )?failed to connect to the hypervisor/m.test(result.stderr)) {
      throw unavailable(uri, reason);
    }
    throw new VirshRefusal(reason);
  };
}

const commandLimitMs = 20_000;

/** Virsh prints what it could not do on one line and why on the next; the last says most. */
function reasonIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('error: '));
  return lines.at(-1)?.slice('error: '.length) ?? (stderr.trim() || 'virsh gave no reason');
}

function unavailable(uri: string, reason: string): HandglassError {
  const remedy = /authentication|permission denied/i.test(reason)
    ? 'The service has to be in the group libvirt; see units/handglass.sysusers.'
    : 'See `systemctl status libvirtd virtqemud`; it is tried again by itself.';
  return new HandglassError(
    'libvirt-unavailable',
    `libvirt (${uri}) cannot be reached: ${reason}.`,
    remedy,
  );
}
