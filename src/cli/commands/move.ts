import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { argument, jsonFlag } from '../flags.ts';
import { showMoved } from '../show.ts';
import { withClient } from '../with-client.ts';

export const give = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat: string, to: string) {
    const moved = await withClient(this, (client) => client.call('seat.give', { seat, to }));
    showMoved(this, moved, json);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      kind: 'tuple',
      parameters: [
        argument('SEAT', 'Its name in the configuration'),
        argument('TARGET', 'host or a domain'),
      ],
    },
  },
  docs: { brief: 'Give a seat to the host or a domain' },
});

/** The seat that is meant where there is only one. */
export const onlySeat = {
  ...argument('SEAT', 'Its name; needless where there is only one'),
  optional: true,
} as const;

export const toggle = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat?: string) {
    const params = seat === undefined ? {} : { seat };
    const moved = await withClient(this, (client) => client.call('seat.toggle', params));
    showMoved(this, moved, json);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [onlySeat] },
  },
  docs: { brief: 'Give a seat to its first domain, or back to the host' },
});
