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
  quick?: boolean;
  watch?: boolean;
}

export const doctor = buildCommand({
  async func(this: Context, flags: Flags) {
    const { all = false, config, from, json = false, quick = false, watch = false } = flags;
    const { doctorReport } = await import('../../doctor/doctor-report.ts');
    const show = await reportShower(this, all, json);
    if (quick) {
      refuse('--from and --quick', from !== undefined, whole);
      refuse('--quick and --watch', watch, whole);
      const { quickReport } = await import('../../doctor/quick-look.ts');
      show(await quickReport(this.host, config));
    } else if (from !== undefined) {
      refuse('--config and --from', config !== configFlag.default, fixed);
      refuse('--from and --watch', watch, fixed);
      const { readArchive } = await import('../../doctor/archive.ts');
      const { factsFrom } = await import('../../doctor/replay.ts');
      const { recordedLine } = await import('../render/archive.ts');
      const archive = await readArchive(this.host, from);
      if (!json) this.print(recordedLine(archive, from));
      const { time, handglass } = archive;
      show({ ...doctorReport(await factsFrom(archive)), recorded: { time, handglass } });
    } else if (watch) {
      const { looks } = await import('../../doctor/looks.ts');
      const options = { configPath: config, virsh: this.virsh.bind(this) };
      for await (const facts of looks(this.host, options, this.catchInterrupt())) {
        show(doctorReport(facts));
      }
    } else {
      show(doctorReport(await factsHere(this, config)));
    }
  },
  parameters: {
    flags: {
      all: { kind: 'boolean', brief: 'Show what is fine too', optional: true, withNegated: false },
      config: configFlag,
      from: fromFlag,
      json: jsonFlag,
      // For the service.
      quick: {
        kind: 'boolean',
        brief: 'Look at a few files only',
        hidden: true,
        optional: true,
        withNegated: false,
      },
      watch: {
        kind: 'boolean',
        brief: 'Then tell of changes',
        optional: true,
        withNegated: false,
      },
    },
  },
  docs: {
    brief: 'Look for what keeps guests from working, and how to mend it',
    fullDescription: `Look for what keeps guests from working, and how to mend it.

Each trouble is explained, with the command that mends it where there is one.
Nothing is changed, and root is not needed: what could not be looked at is told
as such. Exit status: 0 no problems, 1 at least one (with --watch, at its end).
With --watch it goes on with a line for each change, until interrupted; with
--json each line is then the whole report, the first as it is now. With --from
it speaks of the machine of an archive that \`handglass report\` has written, and
looks at nothing of this one.`,
  },
});

function refuse(flags: string, areGiven: boolean, why: string): void {
  if (areGiven) throw new HandglassError('usage', `${flags} exclude each other.`, why);
}

const fixed = 'An archive has its own configuration, and does not change.';
const whole = 'An archive and later changes are for the whole look.';

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

/** Shows the first report whole, and each that follows by what differs; with `json` each as a whole. */
async function reportShower(
  context: Context,
  all: boolean,
  json: boolean,
): Promise<(report: DoctorReport) => void> {
  const { changesBetween } = await import('../../doctor/changes.ts');
  const { doctorLines } = await import('../render/doctor.ts');
  const { changeLine } = await import('../render/doctor-change.ts');
  const { localTime } = await import('../../server/words/time.ts');
  let before: DoctorReport | null = null;
  return (after) => {
    const changes = before === null ? [] : changesBetween(before, after, all);
    if (json && (before === null || changes.length > 0)) {
      context.print(JSON.stringify(after));
    } else if (before === null) {
      context.print(...doctorLines(after, all, context.columns));
    } else {
      const time = localTime(new Date(context.host.now()));
      context.print(...changes.map((each) => `${time}  ${changeLine(each)}`));
    }
    before = after;
    context.process.exitCode = after.counts.problem > 0 ? failedStatus : 0;
  };
}
