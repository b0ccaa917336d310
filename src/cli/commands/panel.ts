import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { showLink } from '../show.ts';
import { withClient } from '../with-client.ts';

interface Flags {
  domain?: string;
  json?: boolean;
}

export const panel = buildCommand({
  async func(this: Context, { domain, json }: Flags) {
    const params = domain === undefined ? {} : { domain };
    await showLink(
      this,
      await withClient(this, (client) => client.call('panel.open', params)),
      json,
    );
  },
  parameters: {
    flags: {
      domain: {
        kind: 'parsed',
        brief: 'For a browser in this guest',
        placeholder: 'DOMAIN',
        parse: String,
        optional: true,
      },
      json: jsonFlag,
    },
  },
  docs: {
    brief: 'Print a link to the panel, which shows and moves seats in a browser',
    fullDescription: `Print a link to the panel, which shows and moves seats in a browser.

The link is good once: whoever opens it first is let in. Without --domain it is
for a browser on this machine, which may then move every seat, for 12 hours and
while the service runs. With it the browser is paired as a guest of the domain,
until \`handglass guest revoke\` ends that: \`guest list\` shows its ID.`,
  },
});
