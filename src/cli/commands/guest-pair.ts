import { buildCommand } from '@stricli/core';
import { HandglassError } from '../../errors.ts';
import type { Result } from '../../server/protocol.ts';
import type { Context } from '../context.ts';
import { deliver, ways, type Delivered, type Order, type Way } from '../deliver.ts';
import { argument, configFlag, jsonFlag } from '../flags.ts';
import { withClient } from '../with-client.ts';

interface Flags {
  config: string;
  json?: boolean;
  via?: Way;
}

export const pair = buildCommand({
  async func(this: Context, flags: Flags, what: string) {
    const { isPairingString } = await import('../../guest/pairing-string.ts');
    if (what === '-') await pairHere(this, flags, await this.readInput());
    else if (isPairingString(what)) await pairHere(this, flags, what);
    else await pairDomain(this, flags, what);
  },
  parameters: {
    flags: {
      config: configFlag,
      json: jsonFlag,
      via: {
        kind: 'enum',
        brief: 'Bring it there too',
        values: ways,
        optional: true,
      },
    },
    positional: {
      kind: 'tuple',
      parameters: [argument('DOMAIN|TEXT', 'On the host the domain, in the guest the string')],
    },
  },
  docs: {
    brief: 'Pair a guest: on the host first, then in the guest',
    fullDescription: `Pair a guest: on the host first, then in the guest.

On the host, with a domain: print the pairing string, which is good once and
for 10 minutes. With --via agent it also comes into the running guest, through
the QEMU guest agent, and is used there for who is logged in to Linux. With
--via iso it is on a disc in the domain's drive, beside the client for Windows.
With --json, what has become of that is \`delivered\`, null where it failed.

In the guest, with the string (in quotes, because of the &), or with - to read
it from the standard input: use it, and keep what the host answers.`,
  },
});

export const unpair = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const { readGuestPairing, removeGuestPairing } = await import('../../guest/state-file.ts');
    const path = this.guestPairingPath();
    const id = await readGuestPairing(this.host, path).then(idOf, () => null);
    await removeGuestPairing(this.host, path);
    if (json) return this.print(JSON.stringify({ id }));
    this.print(
      'This guest has forgotten its pairing. The host has not:',
      `\`handglass guest revoke ${id ?? 'ID'}\` there takes it out of the list.`,
    );
  },
  parameters: { flags: { json: jsonFlag } },
  docs: { brief: 'In a guest: forget the pairing' },
});

/** A token begins with the id of its guest. */
function idOf({ token }: { token: string }): string {
  return token.replace(/\..*/s, '');
}

async function pairHere(context: Context, { json, via }: Flags, text: string): Promise<void> {
  if (via !== undefined) {
    throw new HandglassError(
      'usage',
      '--via goes with a domain, not with a pairing string.',
      'On the host, write `handglass guest pair DOMAIN --via agent|iso`.',
    );
  }
  const { parsePairingString } = await import('../../guest/pairing-string.ts');
  const { pairWithHost } = await import('../../guest/connection.ts');
  const { writeGuestPairing } = await import('../../guest/state-file.ts');
  const { id, paired } = await pairWithHost(context.host, parsePairingString(text));
  await writeGuestPairing(context.host, context.guestPairingPath(), paired);
  const { domain, address } = paired;
  context.print(
    json ? JSON.stringify({ id, domain }) : `paired with ${address} as guest ${id} of ${domain}`,
  );
}

async function pairDomain(context: Context, flags: Flags, domain: string): Promise<void> {
  const { config, json, via: way } = flags;
  const invitation = await withClient(context, (client) => client.call('guest.pair', { domain }));
  const [pairing = ''] = invitation.pairing;
  const order = way && { way, config, domain, pairing };
  const { invitationLines, outOfReach } = await import('../render/invitation.ts');
  if (json) {
    context.warn(...outOfReach(pairing));
    return printWhole(context, invitation, order);
  }
  // Whatever becomes of the delivery, it can be used by hand.
  context.print(...invitationLines(invitation, context.host.now()));
  if (order === undefined) return;
  const { deliveryLines } = await import('../render/delivery.ts');
  context.print('', ...deliveryLines(domain, await deliver(context, order)));
}

/** One object, also where the delivery has failed: what is in it can be used by hand. */
async function printWhole(
  context: Context,
  invitation: Result<'guest.pair'>,
  order?: Order,
): Promise<void> {
  if (order === undefined) return context.print(JSON.stringify(invitation));
  let delivered: Delivered | null = null;
  try {
    delivered = await deliver(context, order);
  } finally {
    context.print(JSON.stringify({ ...invitation, delivered }));
  }
}
