import { buildCommand } from '@stricli/core';
import type { Context } from '../context.ts';
import { fromFlag, jsonFlag, svgFlag } from '../flags.ts';
import { givePicture, requireOneForm } from '../give-picture.ts';

interface Flags {
  from?: string;
  json?: boolean;
  svg?: string;
}

export const groups = buildCommand({
  async func(this: Context, { from, json, svg }: Flags) {
    requireOneForm(json, svg);
    const { groupReport } = await import('../../doctor/group-report.ts');
    const { surveyPci } = await import('../../system/pci-survey.ts');
    const archive = from === undefined ? null : await readArchiveAt(this, from);
    const report = groupReport(await surveyPci(archive?.machine ?? this.host));
    if (json) {
      this.print(JSON.stringify(report));
    } else if (svg !== undefined) {
      const { groupPicture } = await import('../../doctor/picture/group-picture.ts');
      await givePicture(this, svg, groupPicture(report));
    } else {
      const { groupLines } = await import('../render/groups.ts');
      this.print(...(archive?.head ?? []), ...groupLines(report, this.columns));
    }
  },
  parameters: {
    flags: {
      from: fromFlag,
      json: jsonFlag,
      svg: svgFlag,
    },
  },
  docs: {
    brief: 'Show IOMMU groups, and what can go to a guest',
    fullDescription: `Show IOMMU groups, and what can go to a guest.

Of each graphics card and USB controller: whether it can go now, what stands in
the way and what to do about that, and what the host would lose with it. Nothing
is changed, and root is not needed. With --from it is the machine of an archive
that \`handglass report\` has written.`,
  },
});

async function readArchiveAt({ host }: Context, path: string) {
  const { readArchive } = await import('../../doctor/archive.ts');
  const { replay } = await import('../../doctor/replay.ts');
  const { recordedLine } = await import('../render/archive.ts');
  const archive = await readArchive(host, path);
  return { machine: replay(archive), head: [recordedLine(archive, path)] };
}
