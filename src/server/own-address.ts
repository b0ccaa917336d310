import { HandglassError } from '../errors.ts';
import { plainAddress } from './addresses.ts';

/**
 * A token or code is used from the domain that it is for, and from nowhere else.
 *
 * @throws HandglassError `not-permitted` where the address is not the domain's; `service-down` where
 *   nobody can tell now, the reason as its cause: it names what of the host is no guest's business
 */
export async function requireOwnAddress(
  addressesOf: (domain: string) => Promise<string[]>,
  domain: string,
  address: string,
): Promise<void> {
  const own = await addressesOf(domain).catch((error: unknown) => {
    throw cannotTell(error);
  });
  if (own.some((each) => plainAddress(each) === address)) return;
  throw new HandglassError(
    'not-permitted',
    "The caller's address is not one of its domain's.",
    'Call from inside that domain, over a network of libvirt; `check-address` on the host asks for it.',
  );
}

/** Whoever asks for a domain while it is looked up already gets that answer, so that nobody can have many made. */
export function sharedByDomain(
  addressesOf: (domain: string) => Promise<string[]>,
): (domain: string) => Promise<string[]> {
  const running = new Map<string, Promise<string[]>>();
  return (domain) => {
    const asked = running.get(domain) ?? addressesOf(domain).finally(() => running.delete(domain));
    running.set(domain, asked);
    return asked;
  };
}

function cannotTell(cause: unknown): HandglassError {
  return new HandglassError(
    'service-down',
    "The host cannot tell now whether the caller's address is its domain's.",
    'Try again in a while. `journalctl -u handglass` on the host has the reason.',
    { cause },
  );
}
