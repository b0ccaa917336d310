/** How a handoff is undone and told. */
import { isAway } from '../domain/domain.ts';
import { HandglassError, reasonOf } from '../errors.ts';

/**
 * Detaches what went before a failure, the last first; gives what there is to tell of each. Once nobody
 * can be asked none is waited for in vain.
 */
export async function bringBack<Device>(
  given: readonly Device[],
  textOf: (device: Device) => string,
  detach: (device: Device) => Promise<void>,
): Promise<string[]> {
  const story: string[] = [];
  let away: unknown = null;
  for (const device of given.toReversed()) {
    try {
      if (away !== null) throw away;
      await detach(device);
      story.push(`${textOf(device)}: brought back`);
    } catch (error) {
      if (isAway(error)) away = error;
      story.push(`${textOf(device)}: not brought back, ${reasonOf(error)}`);
    }
  }
  return story;
}

/** @param story what happened to each device, each without a full stop */
export function failed(
  what: string,
  story: readonly string[],
  cause: unknown,
  remedy = '`handglass status` shows where each device is now.',
): HandglassError {
  return new HandglassError('handoff-failed', `${what}. ${story.join('. ')}.`, remedy, { cause });
}
