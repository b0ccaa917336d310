/** An attack in a thread of its own, so that what it costs is no part of what a guest waits for. */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { attempts } from './attack-attempts.ts';
import { floods } from './attack-kinds.ts';
import type { BenchService } from './service.ts';

export const attacks = [...attempts, ...floods];

interface Order {
  name: string;
  address: string;
  prepared: string;
}

/** Resolves when the attack is over; the function closes what it left open. */
export async function attackWith(
  name: string,
  service: BenchService,
  signal: AbortSignal,
): Promise<() => Promise<unknown>> {
  const prepared = (await named(name)?.prepare?.(service)) ?? '';
  const order: Order = { name, address: service.address, prepared };
  const thread = new Worker(fileURLToPath(import.meta.url), { workerData: order });
  await once(thread, 'message', { signal });
  return () => thread.terminate();
}

function named(name: string) {
  return attacks.find((attack) => attack.name === name);
}

if (!isMainThread) {
  const { name, address, prepared } = workerData as Order;
  await named(name)?.attack(address, prepared);
  parentPort?.postMessage('over', []);
}
