import type { ReadFiles, WriteAttribute } from '../host/ports.ts';
import { attribute } from '../system/attributes.ts';

/** Linux's Documentation/admin-guide/kernel-parameters.txt, rcupdate.rcu_expedited. Any number but 0 turns it on. */
const file = '/sys/kernel/rcu_expedited';
/** By this number it is known for ours, also when the service that wrote it was killed. */
const ours = '18503';

/**
 * A driver leaves a keyboard or a mouse in several steps, and the kernel waits for an RCU grace period after
 * each. Gives what has them expedited while some work is done: it costs the other processors an interrupt for
 * each. Where the kernel has been told so already it is left as it is; where it may not be told, the work
 * takes longer.
 */
export function graceExpediter(
  host: ReadFiles & WriteAttribute,
): <T>(work: () => Promise<T>) => Promise<T> {
  let atWork = 0;
  let adjusted = Promise.resolve();

  async function follow(): Promise<void> {
    const [from, to] = atWork > 0 ? ['0', ours] : [ours, '0'];
    try {
      if ((await attribute(host, file)) === from) await host.writeAttribute(file, to);
    } catch {
      // It is for speed alone.
    }
  }

  function adjust(): Promise<void> {
    adjusted = adjusted.then(follow);
    return adjusted;
  }

  // What a killed service has left.
  void adjust();

  return async (work) => {
    atWork += 1;
    void adjust();
    try {
      return await work();
    } finally {
      atWork -= 1;
      await adjust();
    }
  };
}
