import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

export const status = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const state = await withClient(this, (client) => client.call('state.get', {}));
    const { stateLines } = await import('../render/state.ts');
    this.print(...(json ? [JSON.stringify(state)] : stateLines(state)));
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'Show seats, owners, devices, domains and guests' },
});
