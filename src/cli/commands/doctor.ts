import { buildCommand } from '@stricli/core';
import { HandglassError } from '../../errors.ts';
import type { Facts } from '../../doctor/facts.ts';
import type { DoctorReport } from '../../doctor/report.ts';
import type { Context } from '../context.ts';
import { failedStatus } from '../exit-status.ts';
import { configFlag, fromFlag, jsonFlag } from '../flags.ts';

interface Flags {
  all?: boolean;
  config: string;
  from?: string;
  json?: boolean;
}

export const doctor = buildCommand({
  async func(this: Context, { all = false, config, from, json }: Flags) {
    const { doctorReport } = await import('../../doctor/report.ts');
    const show = async (report: DoctorReport, head: string[], more: object) => {
      if (json) {
        this.print(JSON.stringify({ ...report, ...more }));
      } else {
        const { doctorLines } = await import('../render/doctor.ts');
        this.print(...head, ...doctorLines(report, all));
      }
      if (report.counts.problem > 0) this.process.exitCode = failedStatus;
    };
    if (from === undefined) return show(doctorReport(await factsHere(this, config)), [], {});
    if (config !== configFlag.default) {
      throw new HandglassError(
        'usage',
        '--config and --from exclude each other.',
        'An archive has its own configuration.',
      );
    }
    const { readArchive } = await import('../../doctor/archive.ts');
    const { factsFrom } = await import('../../doctor/replay.ts');
    const { recordedLine } = await import('../render/archive.ts');
    const archive = await readArchive(this.host, from);
    const { time, handglass } = archive;
    const report = doctorReport(await factsFrom(archive));
    await show(report, [recordedLine(archive, from)], { recorded: { time, handglass } });
  },
  parameters: {
    flags: {
      all: { kind: 'boolean', brief: 'Show what is fine too', optional: true, withNegated: false },
      config: configFlag,
      from: fromFlag,
      json: jsonFlag,
    },
  },
  docs: {
    brief: 'Look for what keeps guests from working, and how to mend it',
    fullDescription: `Look for what keeps guests from working, and how to mend it.

Each trouble is explained, with the command that mends it where there is one.
Nothing is changed, and root is not needed: what could not be looked at is told
as such. With --from it speaks of the machine of an archive that \`handglass
report\` has written, and looks at nothing of this one. Exit status: 0 no
problems, 1 at least one.`,
  },
});

async function factsHere(context: Context, configPath: string): Promise<Facts> {
  const { readFacts } = await import('../../doctor/read-facts.ts');
  const done = new AbortController();
  try {
    return await readFacts(context.host, {
      configPath,
      virsh: (uri) => context.virsh(uri, done.signal),
    });
  } finally {
    done.abort();
  }
}
