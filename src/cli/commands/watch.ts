import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { changeShower } from '../show.ts';
import { withClient } from '../with-client.ts';

export const watch = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const show = await changeShower(this, json);
    await withClient(this, async (client) => {
      this.catchInterrupt().addEventListener('abort', () => void client.close());
      for await (const state of client.states()) show(state);
    });
  },
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: 'Print a line for each change, until interrupted',
    fullDescription: `Print a line for each change, until interrupted.

With --json each line is the whole state, the first as it is now. Each change
has the next number: where one is missing, they came faster than they were read.`,
  },
});
