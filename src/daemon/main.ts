import packageJson from '../../package.json' with { type: 'json' };
import { loadConfig } from '../config/load.ts';
import { clock } from '../host/clock.ts';
import { filesUnder } from '../host/files.ts';
import { runtimeFolder, stateFolder } from '../host/folders.ts';
import { interfaces } from '../host/interfaces.ts';
import { native } from '../host/native.ts';
import { processes } from '../host/processes.ts';
import { becomeServiceUser } from '../host/service-user.ts';
import { sockets } from '../host/sockets.ts';
import { startService } from './service.ts';

/**
 * Runs the service in the foreground until SIGTERM or SIGINT, or its trial is over. Its journal is the
 * standard output; the service manager's own stamps the lines with the time.
 */
export async function runDaemon(configPath: string, trialMs?: number): Promise<void> {
  // Systemd, and `npm start -- --here`, have made the folders and say where.
  if (process.getuid?.() === 0 && process.env['RUNTIME_DIRECTORY'] === undefined) {
    becomeServiceUser(runtimeFolder());
  }
  const host = {
    ...filesUnder('/', native.reserve),
    ...processes,
    ...sockets,
    ...clock,
    ...native,
    ...interfaces,
  };
  const config = await loadConfig(host, configPath);
  const ending = new AbortController();
  // These stay: a library's own listener, left alone, would end the process in the middle.
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => ending.abort());

  const options = {
    config,
    version: packageJson.version,
    handglass: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    runtimeFolder: runtimeFolder(),
    stateFolder: stateFolder(),
    trialMs,
    log: (line: string) => process.stdout.write(`${line}\n`),
  };
  const { ended } = await startService(host, options, ending.signal);
  native.notify('READY=1');
  ending.signal.addEventListener('abort', () => native.notify('STOPPING=1'));
  try {
    await ended;
  } finally {
    // What ends by a failure leaves no half of the service behind.
    ending.abort();
  }
}
