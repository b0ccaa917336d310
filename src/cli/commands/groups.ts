import { buildCommand } from '@stricli/core';
import { resolve } from 'node:path';
import { HandglassError, isErrno, reasonOf } from '../../errors.ts';
import type { Context } from '../context.ts';
import { fromFlag, jsonFlag } from '../flags.ts';

interface Flags {
  from?: string;
  json?: boolean;
  svg?: string;
}

export const groups = buildCommand({
  async func(this: Context, { from, json, svg }: Flags) {
    if (json && svg !== undefined) {
      throw new HandglassError('usage', '--json and --svg exclude each other.', 'Leave one out.');
    }
    const { groupReport } = await import('../../doctor/group-report.ts');
    const { surveyPci } = await import('../../system/pci-survey.ts');
    const archive = from === undefined ? null : await readArchiveAt(this, from);
    const report = groupReport(await surveyPci(archive?.machine ?? this.host));
    if (json) {
      this.print(JSON.stringify(report));
    } else if (svg !== undefined) {
      const { groupPicture } = await import('../../doctor/picture/group-picture.ts');
      const text = groupPicture(report);
      if (svg === '-') this.print(text);
      else await writePicture(this, svg, text);
    } else {
      const { groupLines } = await import('../render/groups.ts');
      this.print(...(archive?.head ?? []), ...groupLines(report, this.columns));
    }
  },
  parameters: {
    flags: {
      from: fromFlag,
      json: jsonFlag,
      svg: {
        kind: 'parsed',
        brief: 'Write a picture; - prints it',
        placeholder: 'FILE',
        parse: fileFrom,
        optional: true,
      },
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

function fileFrom(word: string): string {
  if (word === '') throw new RangeError('it is empty');
  return word === '-' ? word : resolve(word);
}

async function writePicture({ host }: Context, path: string, text: string): Promise<void> {
  try {
    const kind = await host.factsOf(path).then(
      (facts) => facts.kind,
      (error: unknown) => {
        if (isErrno(error, 'ENOENT')) return null;
        throw error;
      },
    );
    // A whole new file takes its place, which no device or link would outlive.
    if (kind !== null && kind !== 'file') {
      throw new HandglassError('usage', `${path} is no file.`, 'Name a file, or - to print it.');
    }
    await host.replaceFile(path, text, 0o644);
  } catch (error) {
    if (error instanceof HandglassError) throw error;
    const code = isErrno(error, 'EACCES', 'EPERM', 'EROFS') ? 'not-permitted' : 'usage';
    const what = `The picture cannot be written to ${path}: ${reasonOf(error)}.`;
    throw new HandglassError(code, what, 'Name another file, or - to print it.', { cause: error });
  }
}
