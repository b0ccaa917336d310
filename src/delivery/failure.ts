import { DomainRefusal } from '../domain/refusal.ts';
import { HandglassError, reasonOf } from '../errors.ts';

/** Does one step; what libvirt or the guest will not do is told as `what`, with the reason and `remedy`. */
export async function step<Result>(
  what: string,
  remedy: string,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof DomainRefusal)) throw error;
    throw failed(`${what}: ${reasonOf(error)}.`, remedy, error);
  }
}

export function failed(what: string, remedy: string, cause?: unknown): HandglassError {
  return new HandglassError('pairing-failed', what, remedy, { cause });
}
