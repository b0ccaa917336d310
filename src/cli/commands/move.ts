import { buildCommand } from '@stricli/core';
import { shellWord } from '../../doctor/shell-word.ts';
import { HandglassError } from '../../errors.ts';
import { isInHook } from '../../libvirt/hook.ts';
import type { Context } from '../context.ts';
import { argument, jsonFlag } from '../flags.ts';
import { showMoved } from '../show.ts';
import { withClient } from '../with-client.ts';

/** Before anything waits: a hook that fails late keeps its domain from its start until then. */
async function refuseInHook(
  { host }: Pick<Context, 'host'>,
  words: readonly string[],
  to?: string,
): Promise<void> {
  if (!(await isInHook(host))) return;
  const rule =
    to === 'host'
      ? 'A seat comes home by itself when its domain ends.'
      : 'on-start = "give" in the seat\'s configuration does without a hook.';
  throw new HandglassError(
    'libvirt-unavailable',
    "This is one of libvirt's hooks: libvirt waits for its end, and a handoff would wait for libvirt.",
    `${rule} Otherwise let it say \`systemd-run handglass ${words.map(shellWord).join(' ')}\` once the domain has started: libvirt does not wait for that.`,
  );
}

export const give = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat: string, to: string) {
    await refuseInHook(this, ['give', seat, to], to);
    const moved = await withClient(this, (client) => client.call('seat.give', { seat, to }));
    showMoved(this, moved, json);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      kind: 'tuple',
      parameters: [
        argument('SEAT', 'Its name in the configuration'),
        argument('TARGET', 'host or a domain'),
      ],
    },
  },
  docs: { brief: 'Give a seat to the host or a domain' },
});

/** The seat that is meant where there is only one. */
export const onlySeat = {
  ...argument('SEAT', 'Its name; needless where there is only one'),
  optional: true,
} as const;

export const toggle = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, seat?: string) {
    await refuseInHook(this, ['toggle', ...(seat === undefined ? [] : [seat])]);
    const params = seat === undefined ? {} : { seat };
    const moved = await withClient(this, (client) => client.call('seat.toggle', params));
    showMoved(this, moved, json);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: { kind: 'tuple', parameters: [onlySeat] },
  },
  docs: { brief: 'Give a seat to its first domain, or back to the host' },
});
