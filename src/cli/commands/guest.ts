import { buildCommand, buildRouteMap } from '@stricli/core';
import type { Context } from '../context.ts';
import { argument, jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';
import { pair, unpair } from './guest-pair.ts';
import { guestGive, guestPanel, guestRelease, guestStatus, guestToggle } from './guest-seats.ts';
import { guestWatch } from './guest-watch.ts';

const list = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const guests = await withClient(this, (client) => client.call('guest.list', {}));
    const { guestLines } = await import('../render/guest.ts');
    this.print(...(json ? [JSON.stringify(guests)] : guestLines(guests)));
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'On the host: list every paired guest' },
});

const revoke = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, id: string) {
    await withClient(this, (client) => client.call('guest.revoke', { id }));
    this.print(json ? JSON.stringify({ id }) : `guest ${id}: revoked`);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [argument('ID', 'As `guest list` shows it')] },
  },
  docs: { brief: "On the host: take a guest's token away, and end its connections" },
});

const commands = buildRouteMap({
  routes: {
    pair,
    list,
    revoke,
    status: guestStatus,
    give: guestGive,
    release: guestRelease,
    toggle: guestToggle,
    watch: guestWatch,
    panel: guestPanel,
    unpair,
  },
  docs: {
    brief: 'Pair guests, and in a guest ask for a seat',
    fullDescription: `Pair guests, and in a guest ask for a seat.

A guest is paired once: \`handglass guest pair DOMAIN\` on the host prints what
to run in the guest. From then on the guest may move the seats that list its
domain, between the host and itself.

Exit status in a guest: 3 it is not paired, 4 the host is not reached, 5 the
host refuses it, or has another key than when it was paired.`,
  },
});

export const guest: typeof commands = {
  ...commands,
  // Their names are too many for a line of 80 columns.
  formatUsageLine: ({ prefix }) => `${prefix.join(' ')} COMMAND ...`,
};
