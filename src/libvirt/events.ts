import { createBackoff } from '../host/backoff.ts';
import type { Clock, Follow } from '../host/ports.ts';

/**
 * Calls back after each event that libvirt reports of any domain, and at each connection, since what
 * happened before it is not told. Resolves when the signal is aborted. Virsh ends with libvirt's
 * daemon: it is started again after 2 s, and after ever longer while it does not stay.
 */
export async function followEvents(
  host: Follow & Clock,
  uri: string,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  // The URI is printed once there is a connection, for which a libvirt that has just started takes seconds.
  const args = ['--quiet', '--connect', uri, 'uri; event --all --loop'];
  const pauses = createBackoff(2000, 30_000);
  while (!signal.aborted) {
    const startMs = host.now();
    let isConnected = false;
    changed();
    try {
      for await (const line of host.follow('virsh', args, signal)) {
        if (line === '') continue;
        changed();
        // It does not say when it has subscribed: what happens before then is seen by one look more.
        if (!isConnected) host.sleep(subscribedMs, signal).then(changed, () => {});
        isConnected = true;
      }
    } catch {
      // Why libvirt cannot be reached is told by whoever asks it for something.
    }
    if (host.now() - startMs > stayedMs) pauses.reset();
    await host.sleep(pauses.next(), signal).catch(() => {});
  }
}

/** Far longer than it takes from one command to the next. */
const subscribedMs = 1000;
/** Far longer than an attempt in vain takes. */
const stayedMs = 60_000;
