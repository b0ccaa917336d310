import type { Clock } from '../host/ports.ts';
import { DomainRefusal } from './refusal.ts';

/**
 * Waits until a domain that was told to has let go of a device: a command to detach only asks, and
 * QEMU lets go when the guest's controller has.
 *
 * @param has whether the domain has the device still
 * @throws DomainRefusal after 5 s, in which what `has` itself takes counts
 */
export async function waitForRelease(
  host: Clock,
  domain: string,
  has: () => Promise<boolean>,
): Promise<void> {
  const limit = host.now() + limitMs;
  while (await has()) {
    if (host.now() >= limit) {
      throw new DomainRefusal(`${domain} did not let go of it within ${limitMs / 1000} s`);
    }
    await host.sleep(pauseMs);
  }
}

const pauseMs = 100;
const limitMs = 5000;
