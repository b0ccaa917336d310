import { buildCommand, buildRouteMap } from '@stricli/core';
import type { Context } from '../context.ts';
import { argument, jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

const pair = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, domain: string) {
    const made = await withClient(this, (client) => client.call('guest.pair', { domain }));
    this.print(...(json ? [JSON.stringify(made)] : made.pairing.slice(0, 1)));
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [argument('DOMAIN', 'The domain of the guest')] },
  },
  docs: { brief: 'Make a pairing string for a guest, good once and for 10 minutes' },
});

const list = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const guests = await withClient(this, (client) => client.call('guest.list', {}));
    const { guestLines } = await import('../render/guest.ts');
    this.print(...(json ? [JSON.stringify(guests)] : guestLines(guests)));
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'List every paired guest' },
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
  docs: { brief: "Take a guest's token away, and end its connections" },
});

export const guest = buildRouteMap({
  routes: { pair, list, revoke },
  docs: { brief: 'Pair guests, so that they may ask for a seat' },
});
