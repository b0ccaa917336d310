import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

export const watch = buildCommand({
  async func(this: Context, { json }: { json: boolean }) {
    const { changes } = await import('../render/change.ts');
    await withClient(this, async (client) => {
      this.signal.addEventListener('abort', () => void client.close());
      const states = client.states();
      let { value: before } = await states.next();
      for await (const after of states) {
        const time = new Date(this.host.now()).toISOString();
        if (json) this.print(JSON.stringify({ time, ...after }));
        else if (before) this.print(...changes(before, after).map((line) => `${time}  ${line}`));
        before = after;
      }
    });
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'One line per change, until interrupted' },
});
