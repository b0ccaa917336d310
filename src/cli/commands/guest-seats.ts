/** What a guest does with the seats that it may have: in the words of the host's own commands. */
import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { argument, jsonFlag } from '../flags.ts';
import { showLink, showMoved, showState } from '../show.ts';
import { withHost } from '../with-host.ts';
import { onlySeat } from './move.ts';

export const guestStatus = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    await showState(this, await withHost(this, (client) => client.call('state.get', {})), json);
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'In a guest: show the seats that it may have' },
});

const seatArguments = {
  flags: { json: jsonFlag },
  positional: {
    kind: 'tuple',
    parameters: [argument('SEAT', 'Its name in `guest status`')],
  },
} as const;

export const guestGive = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat: string) {
    const moved = await withHost(this, (client, { domain }) =>
      client.call('seat.give', { seat, to: domain }),
    );
    showMoved(this, moved, json);
  },
  parameters: seatArguments,
  docs: { brief: 'In a guest: have a seat given to it' },
});

export const guestRelease = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat: string) {
    const moved = await withHost(this, (client) => client.call('seat.give', { seat, to: 'host' }));
    showMoved(this, moved, json);
  },
  parameters: seatArguments,
  docs: { brief: 'In a guest: give a seat back to the host' },
});

export const guestToggle = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat?: string) {
    const params = seat === undefined ? {} : { seat };
    const moved = await withHost(this, (client) => client.call('seat.toggle', params));
    showMoved(this, moved, json);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [onlySeat] },
  },
  docs: { brief: 'In a guest: have a seat, or give it back' },
});

export const guestPanel = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    await showLink(this, await withHost(this, (client) => client.call('panel.open', {})), json);
  },
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: 'In a guest: print a link to the panel for a browser in it',
    fullDescription: `In a guest: print a link to the panel for a browser in it.

The link is good once: whoever opens it first is let in, and may do what this
guest may, for 12 hours, while the service runs and the guest is paired.`,
  },
});
