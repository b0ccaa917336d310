/** Listening on whatever addresses an interface has, as they come and go. */
import type { InterfaceEndpoint } from '../config/endpoint.ts';
import type { Clock, ReadInterfaces } from '../host/ports.ts';
import { isLinkLocal } from './addresses.ts';

/**
 * Calls `serve` for each address that the interface has or comes to have, with the signal of its going.
 * Resolves once the signal is aborted and all that was begun has ended.
 *
 * @param seen is told at each look whether there is such an interface
 */
export async function followInterface(
  host: Clock & ReadInterfaces,
  endpoint: InterfaceEndpoint,
  serve: (address: string, gone: AbortSignal) => Promise<void>,
  seen: (exists: boolean) => void,
  signal: AbortSignal,
): Promise<void> {
  const open = new Map<string, AbortController>();
  const served = new Set<Promise<void>>();

  function begin(address: string): void {
    const gone = new AbortController();
    open.set(address, gone);
    const serving = serve(address, AbortSignal.any([gone.signal, signal]));
    served.add(serving);
    void serving.finally(() => served.delete(serving));
  }

  while (!signal.aborted) {
    const found = host.addressesOf(endpoint.interface);
    seen(found !== null);
    const addresses = reachable(found ?? []);
    for (const [address, gone] of open) {
      if (addresses.includes(address)) continue;
      open.delete(address);
      gone.abort();
    }
    for (const address of addresses) if (!open.has(address)) begin(address);
    await host.sleep(lookEveryMs, signal).catch(() => {});
  }
  await Promise.all(served);
}

const lookEveryMs = 2_000;

/** A link-local address serves only where there is no other: a guest would have to name its own link. */
function reachable(addresses: readonly string[]): readonly string[] {
  const others = addresses.filter((address) => !isLinkLocal(address));
  return others.length > 0 ? others : addresses;
}
