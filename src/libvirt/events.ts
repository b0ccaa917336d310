import { createBackoff } from '../host/backoff.ts';
import type { Clock, Follow } from '../host/ports.ts';

/**
 * Calls back after each event that libvirt reports of any domain, and once after each connection,
 * since what happened before it is not told. Resolves when the signal is aborted. Virsh ends with
 * libvirt's daemon: it is started again after 2 s, and after ever longer while it does not stay.
 */
export async function followEvents(
  host: Follow & Clock,
  uri: string,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const args = ['--quiet', '--connect', uri, 'event', '--all', '--loop'];
  const pauses = createBackoff(2000, 30_000);
  while (!signal.aborted) {
    const startMs = host.now();
    changed();
    // Virsh does not say when it has subscribed: what happens before then is seen by a second look.
    host.sleep(subscribedMs, signal).then(changed, () => {});
    try {
      for await (const event of host.follow('virsh', args, signal)) if (event !== '') changed();
    } catch {
      // Why libvirt cannot be reached is told by whoever asks it for something.
    }
    if (host.now() - startMs > stayedMs) pauses.reset();
    await host.sleep(pauses.next(), signal).catch(() => {});
  }
}

/** Virsh connects and subscribes within half a second, on a slow machine too. */
const subscribedMs = 1000;
/** Far longer than an attempt in vain takes. */
const stayedMs = 60_000;
