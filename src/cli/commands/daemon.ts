import { buildCommand } from '@stricli/core';
import { HandglassError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { configFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

const leastTrialSeconds = 5;
const mostTrialSeconds = 3600;

export const daemon = buildCommand({
  async func(this: Context, { config, trial }: { config: string; trial?: string }) {
    await this.runDaemon(config, trial === undefined ? undefined : secondsFrom(trial) * 1000);
  },
  parameters: {
    flags: {
      config: configFlag,
      trial: {
        kind: 'parsed',
        brief: 'End unless confirmed',
        placeholder: 'SECONDS',
        parse: String,
        optional: true,
      },
    },
  },
  docs: {
    brief: 'Run the service in the foreground',
    fullDescription: `Run the service in the foreground.

With --trial: after so many seconds (${leastTrialSeconds} to ${mostTrialSeconds}) everything goes back to the host
and the service ends, unless \`handglass confirm\` comes first.`,
  },
});

export const confirm = buildCommand({
  async func(this: Context) {
    await withClient(this, (client) => client.call('trial.confirm', {}));
    this.print('The service stays.');
  },
  parameters: {},
  docs: { brief: 'Keep a service that was started on trial' },
});

function secondsFrom(word: string): number {
  const number = /^\d+$/.test(word) ? Number(word) : 0;
  if (number >= leastTrialSeconds && number <= mostTrialSeconds) return number;
  throw new HandglassError(
    'usage',
    `"${word}" is no time for a trial.`,
    `Write whole seconds from ${leastTrialSeconds} to ${mostTrialSeconds}, such as 60.`,
  );
}
