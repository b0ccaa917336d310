/** One look at this machine for an archive: recorded, and told of nobody. */
import type { OpenFiles, ReadFiles, Run } from '../host/ports.ts';
import type { ArchiveContent } from './archive.ts';
import { logPatterns } from './log-lines.ts';
import { originalsOf } from './originals.ts';
import { type FactsOptions, readFacts } from './read-facts.ts';
import { recording } from './recording.ts';
import { type Anonymous, withStandIns } from './stand-ins.ts';

export interface MadeArchive {
  content: ArchiveContent;
  anonymous: Anonymous;
}

/** @param now milliseconds since the epoch */
export async function makeArchive(
  machine: ReadFiles & OpenFiles & Run,
  { configPath, virsh }: FactsOptions,
  { handglass, now }: { handglass: string; now: number },
): Promise<MadeArchive> {
  const recorder = recording(machine, virsh);
  await readFacts(recorder.machine, { configPath, virsh: recorder.virsh });
  const anonymous = withStandIns(recorder.recorded(), await originalsOf(machine));
  const content = {
    handglass,
    time: new Date(now).toISOString(),
    configPath: anonymous.standIn(configPath),
    logPatterns: [...logPatterns],
    recorded: anonymous.recorded,
  };
  return { content, anonymous };
}
