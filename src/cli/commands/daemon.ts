import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { configFlag } from '../flags.ts';

export const daemon = buildCommand({
  async func(this: Context, { config }: { config: string }) {
    await this.runDaemon(config);
  },
  parameters: { flags: { config: configFlag } },
  docs: { brief: 'Run the service in the foreground' },
});
