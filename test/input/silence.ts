/** How long nobody has a keyboard when a program is killed that stands between it and its reader. */
import type { Conversation } from '../lab/guest/input/conversation.ts';
import type { Lab } from '../lab/lab.ts';
import type { Service } from './desk.ts';
import { eventually, witness } from './witness.ts';

/**
 * Types a key on a device of source.c all the time, kills the program, and waits until the host sees
 * the key. Says how long that took.
 */
export async function silence(
  lab: Lab,
  service: Service,
  { device, node, program }: { device: Conversation; node: string; program: string },
): Promise<string> {
  const desktop = await witness(lab, node);
  device.say('type q 2000');
  const killed = await service.kill(program);
  await eventually(
    () => desktop.presses.length > 0,
    () => 'The host has not seen the key.',
  );
  await desktop.stop();
  const silenceMs = ((desktop.presses[0]?.at ?? 0) - killed) * 1000;
  return `The host had its keyboard ${silenceMs.toFixed(1)} ms after the end of "${program}".`;
}
