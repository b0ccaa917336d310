import { buildCommand } from '@stricli/core';
import packageJson from '../../../package.json' with { type: 'json' };
import type { Context } from '../context.ts';
import { configFlag, jsonFlag, newFileFlag } from '../flags.ts';

interface Flags {
  config: string;
  json?: boolean;
  to: string;
}

export const report = buildCommand({
  async func(this: Context, { config, json, to }: Flags) {
    const { makeArchive } = await import('../../doctor/make-archive.ts');
    const { writeArchive } = await import('../../doctor/archive.ts');
    const done = new AbortController();
    try {
      const { content, anonymous } = await makeArchive(
        this.host,
        { configPath: config, virsh: (uri) => this.virsh(uri, done.signal) },
        { handglass: packageJson.version, now: this.host.now() },
      );
      const { bytes } = await writeArchive(this.host, to, content);
      const { count: replaced, everyday } = anonymous;
      if (json) {
        this.print(JSON.stringify({ path: to, bytes, replaced, everyday }));
      } else {
        const { archiveLines } = await import('../render/archive.ts');
        this.print(...archiveLines({ path: to, bytes, replaced, everyday }));
      }
    } finally {
      done.abort();
    }
  },
  parameters: {
    flags: {
      config: configFlag,
      json: jsonFlag,
      to: { ...newFileFlag, brief: 'New file to make', default: 'handglass-report.json.gz' },
    },
  },
  docs: {
    brief: 'Write what the doctor reads here into a file to send',
    fullDescription: `Write what the doctor reads here into a file to send.

In it serial numbers, MAC and IP addresses, UUIDs, and the names of users and of
this machine have stand-ins. Look at it before you send it. On any machine,
\`handglass doctor --from FILE\` shows what the doctor says of this one. Root
reads more; nothing is changed, nothing is sent, and no file is written over.`,
  },
});
