import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { withClient } from '../with-client.ts';

const calledBy = 'The unit handglass-suspend.service calls it.';

export const suspend = buildCommand({
  async func(this: Context) {
    await withClient(this, (client) => client.call('host.suspend', {}));
  },
  parameters: {},
  docs: {
    brief: 'Bring seats back before the host sleeps',
    fullDescription: `Bring the seats with on-suspend = "host" back before the host sleeps.

${calledBy}`,
  },
});

export const resume = buildCommand({
  async func(this: Context) {
    await withClient(this, (client) => client.call('host.resume', {}));
  },
  parameters: {},
  docs: {
    brief: 'Give them again when the host is awake',
    fullDescription: `Give the seats that came back before the host slept to who had them.

${calledBy}`,
  },
});
