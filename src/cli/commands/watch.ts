import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

export const watch = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const { changes } = await import('../render/change.ts');
    const { localTime } = await import('../render/time.ts');
    await withClient(this, async (client) => {
      const states = client.states();
      let { value: before } = await states.next();
      this.catchInterrupt().addEventListener('abort', () => void client.close());
      for await (const after of states) {
        const now = new Date(this.host.now());
        if (json) this.print(JSON.stringify({ time: now.toISOString(), ...after }));
        else if (before) {
          this.print(...changes(before, after).map((line) => `${localTime(now)}  ${line}`));
        }
        before = after;
      }
    });
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'Print a line for each change, until interrupted' },
});
