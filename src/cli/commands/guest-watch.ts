import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { jsonFlag } from '../flags.ts';
import { changeShower } from '../show.ts';

export const guestWatch = buildCommand({
  async func(this: Context, { json }: { json?: boolean }) {
    const { connectToHost } = await import('../../guest/connection.ts');
    const { follow } = await import('../../guest/follow.ts');
    const { readGuestPairing } = await import('../../guest/state-file.ts');
    const { localTime } = await import('../../server/words/time.ts');
    const pairing = await readGuestPairing(this.host, this.guestPairingPath());
    const show = await changeShower(this, json);
    const say = (what: string) => {
      const line = `${localTime(new Date(this.host.now()))}  ${what}`;
      // What is printed with --json is states alone.
      if (json) this.warn(line);
      else this.print(line);
    };
    const sights = follow(
      this.host,
      () => connectToHost(this.host, pairing),
      this.catchInterrupt(),
    );
    for await (const sight of sights) {
      if (sight.kind === 'state') show(sight.state);
      else if (sight.kind === 'found') say('the host is found again');
      else say(`the host is lost, and looked for: ${sight.why.what}`);
    }
  },
  parameters: { flags: { json: jsonFlag } },
  docs: {
    brief: 'In a guest: print a line for each change, until interrupted',
    fullDescription: `In a guest: print a line for each change, until interrupted.

Where the host is lost, such as while its service starts anew, it says so and
looks for it until it is found. It ends by itself only where that is of no use:
where this guest was revoked, or another key answers in the host's place.
With --json each line is the whole state, the first as it is now.`,
  },
});
