import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { failedStatus } from '../exit-status.ts';
import { configFlag, jsonFlag } from '../flags.ts';

interface Flags {
  all?: boolean;
  config: string;
  json?: boolean;
}

export const doctor = buildCommand({
  async func(this: Context, { all = false, config, json }: Flags) {
    const { doctorReport } = await import('../../doctor/report.ts');
    const { readFacts } = await import('../../doctor/read-facts.ts');
    const done = new AbortController();
    try {
      const facts = await readFacts(this.host, {
        configPath: config,
        virsh: (uri) => this.virsh(uri, done.signal),
      });
      const report = doctorReport(facts);
      if (json) {
        this.print(JSON.stringify(report));
      } else {
        const { doctorLines } = await import('../render/doctor.ts');
        this.print(...doctorLines(report, all));
      }
      if (report.counts.problem > 0) this.process.exitCode = failedStatus;
    } finally {
      done.abort();
    }
  },
  parameters: {
    flags: {
      all: { kind: 'boolean', brief: 'Show what is fine too', optional: true, withNegated: false },
      config: configFlag,
      json: jsonFlag,
    },
  },
  docs: {
    brief: 'Look for what keeps guests from working, and how to mend it',
    fullDescription: `Look for what keeps guests from working, and how to mend it.

Each trouble is explained, with the command that mends it where there is one.
Nothing is changed, and root is not needed: what could not be looked at is told
as such. Exit status: 0 no problems, 1 at least one.`,
  },
});
