import { HandglassError } from '../errors.ts';
import type { Context } from './context.ts';
import { withClient } from './with-client.ts';

/** Which domain has what is on a USB port; nothing where there is no service that would say. */
export async function usbHolders(context: Pick<Context, 'connect'>): Promise<Map<string, string>> {
  try {
    const { seats } = await withClient(context, (client) => client.call('state.get', {}));
    return new Map(
      seats
        .flatMap(({ devices }) => devices)
        .flatMap(({ port, with: holder }) =>
          port === undefined || holder === null || holder === 'host' ? [] : [[port, holder]],
        ),
    );
  } catch (error) {
    const isAway =
      error instanceof HandglassError && ['service-down', 'not-permitted'].includes(error.code);
    if (!isAway) throw error;
    return new Map();
  }
}
