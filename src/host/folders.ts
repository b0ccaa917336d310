/** Where things are kept. systemd makes the service's folders, and names them in the environment. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Holds the socket of local control while the service runs. */
export function runtimeFolder(): string {
  return process.env['RUNTIME_DIRECTORY'] ?? '/run/handglass';
}

/** Holds what outlives the service. */
export function stateFolder(): string {
  return process.env['STATE_DIRECTORY'] ?? '/var/lib/handglass';
}

/** Holds what a user's own programs are set up with, by the XDG Base Directory Specification. */
export function userConfigFolder(): string {
  const folder = process.env['XDG_CONFIG_HOME'] ?? '';
  return isAbsolute(folder) ? folder : join(homedir(), '.config');
}
