import { buildCommand, buildRouteMap } from '@stricli/core';
import type { Context } from '../context.ts';
import { argument, jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

const pair = buildCommand({
  async func(this: Context, { json }: { json: boolean }, domain: string) {
    const guest = await withClient(this, (client) => client.call('guest.pair', { domain }));
    this.print(json ? JSON.stringify(guest) : guest.token);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [argument('DOMAIN', 'The domain of the guest')] },
  },
  docs: { brief: "Make a guest's token; it is shown this once" },
});

const list = buildCommand({
  async func(this: Context, { json }: { json: boolean }) {
    const guests = await withClient(this, (client) => client.call('guest.list', {}));
    const { table } = await import('../render/table.ts');
    const { guestCells } = await import('../render/guest.ts');
    this.print(...(json ? [JSON.stringify(guests)] : table(guests.map(guestCells))));
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'Every guest that was paired' },
});

const revoke = buildCommand({
  async func(this: Context, { json }: { json: boolean }, id: string) {
    await withClient(this, (client) => client.call('guest.revoke', { id }));
    this.print(json ? JSON.stringify({ id }) : `guest ${id}: revoked`);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [argument('ID', 'As `guest list` shows it')] },
  },
  docs: { brief: 'Take a guest its token, and end its connections' },
});

export const guest = buildRouteMap({
  routes: { pair, list, revoke },
  docs: { brief: 'Guests that may ask for a seat' },
});
