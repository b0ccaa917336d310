import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { showState } from '../show.ts';
import { withClient } from '../with-client.ts';

export const status = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    await showState(this, await withClient(this, (client) => client.call('state.get', {})), json);
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'Show seats, owners, devices, domains and guests' },
});
