import { HandglassError } from '../errors.ts';
import type { Clock } from '../host/ports.ts';
import type { InputSwitch } from '../input/switching.ts';

export interface Trial {
  confirm(): void;
}

/**
 * A service on trial gives everything back after a time and ends, unless it was confirmed: whoever
 * can no longer type has only to wait. The switchboard keeps the time too, should we be blocked.
 *
 * @param over called when the time has passed
 */
export function startTrial(
  host: Clock,
  input: Pick<InputSwitch, 'tryFor'>,
  ms: number,
  log: (line: string) => void,
  over: () => void,
  signal: AbortSignal,
): Trial {
  const confirmed = new AbortController();
  input.tryFor(ms);
  log(`on trial for ${ms / 1000} s: \`handglass confirm\` keeps the service`);
  void end();

  async function end(): Promise<void> {
    const isOver = await host.sleep(ms, AbortSignal.any([confirmed.signal, signal])).then(
      () => true,
      () => false,
    );
    if (!isOver) return;
    log('the trial is over: everything is with the host');
    over();
  }

  return {
    confirm() {
      if (confirmed.signal.aborted) return;
      confirmed.abort();
      input.tryFor(0);
      log('confirmed: the service stays');
    },
  };
}

/**
 * Ends a trial; to confirm it again changes nothing.
 *
 * @throws HandglassError `trial-not-running` where the service was not started for one
 */
export function confirmTrial(trial: Trial | null): void {
  if (trial !== null) return trial.confirm();
  throw new HandglassError(
    'trial-not-running',
    'No trial is running: the service was started to stay.',
    'To try it, stop it and run `sudo handglass daemon --trial 300`.',
  );
}
