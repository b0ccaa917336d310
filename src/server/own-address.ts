import { HandglassError } from '../errors.ts';
import { plainAddress } from './addresses.ts';

/**
 * A token or code is used from the domain that it is for, and from nowhere else.
 *
 * @throws HandglassError `not-permitted` where the address is not the domain's, as far as anyone knows
 */
export async function requireOwnAddress(
  addressesOf: (domain: string) => Promise<string[]>,
  domain: string,
  address: string,
): Promise<void> {
  const own = await addressesOf(domain);
  if (own.some((each) => plainAddress(each) === address)) return;
  throw new HandglassError(
    'not-permitted',
    "The caller's address is not one of its domain's.",
    'Call from inside that domain, over a network of libvirt; `check-address` on the host asks for it.',
  );
}
