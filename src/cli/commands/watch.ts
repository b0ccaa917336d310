import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import type { State } from '../../server/protocol.ts';
import { jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

export const watch = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const { changes } = await import('../../server/words/change.ts');
    const { localTime } = await import('../../server/words/time.ts');
    await withClient(this, async (client) => {
      let before: State | null = null;
      this.catchInterrupt().addEventListener('abort', () => void client.close());
      for await (const after of client.states()) {
        const time = localTime(new Date(after.time));
        // Who had what before the first change is known by what there is to begin with.
        if (json) this.print(JSON.stringify(after));
        else if (before) this.print(...changes(before, after).map((line) => `${time}  ${line}`));
        before = after;
      }
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
