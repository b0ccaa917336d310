/** Where the service keeps things; systemd makes the folders and says so in the environment. */

/** Holds the socket of local control while the service runs. */
export function runtimeFolder(): string {
  return process.env['RUNTIME_DIRECTORY'] ?? '/run/handglass';
}

/** Holds what outlives the service. */
export function stateFolder(): string {
  return process.env['STATE_DIRECTORY'] ?? '/var/lib/handglass';
}
