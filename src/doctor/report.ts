/** What the doctor says: what `handglass doctor` shows, and prints with --json. */
import { usualPath } from '../config/usual-path.ts';
import { reasonOf } from '../errors.ts';
import { printable } from '../printable.ts';
import { type Check, type Finding, unknown } from './check.ts';
import type { Facts } from './facts.ts';
import { shellWord } from './shell-word.ts';

/** Nothing is taken from this shape or changed in it without a new number; things may be added. */
export interface DoctorReport {
  format: 1;
  /** Of an archive: when (ISO 8601) and by which version of Handglass it was written. */
  recorded?: { time: string; handglass: string };
  /** How many results there are of each verdict. */
  counts: Record<Finding['verdict'], number>;
  subjects: { name: string; results: Result[] }[];
}

/** A check can have several results, each about something else. */
export interface Result extends Finding {
  /** The check's: `iommu.on`. Stable. */
  id: string;
  title: string;
  /** A name for the check that can stand in a URL. */
  link: string;
}

export interface Subject<Needed = Facts> {
  name: string;
  checks: readonly Check<Needed>[];
}

/** What commands of ours are printed for. */
interface Reader {
  configPath: string;
  uri: string;
  isRoot: boolean;
}

/** By checks that need no other facts than these. */
export function reportOn<Known>(
  facts: Known,
  about: readonly Subject<Known>[],
  reader: Reader,
): DoctorReport {
  const found = about.map(({ name, checks }) => ({
    name,
    results: checks.flatMap((check) => resultsOf(check, facts, reader)),
  }));
  const all = found.flatMap(({ results }) => results);
  const count = (verdict: Finding['verdict']) =>
    all.filter((result) => result.verdict === verdict).length;
  return {
    format: 1,
    counts: {
      ok: count('ok'),
      warning: count('warning'),
      problem: count('problem'),
      unknown: count('unknown'),
    },
    subjects: found,
  };
}

function resultsOf<Known>(
  { id, title, look }: Check<Known>,
  facts: Known,
  reader: Reader,
): Result[] {
  return [lookedAt(look, facts)].flat().map((finding) => ({
    id,
    title,
    ...finding,
    about: printable(finding.about),
    explanation: printable(finding.explanation),
    remedy: remedyOf(finding, reader),
    advice: printable(forThisLibvirt(finding.advice, reader)),
    link: id.replaceAll('.', '-'),
  }));
}

/** To look again as root is no way out for root. */
function remedyOf({ verdict, remedy }: Finding, reader: Reader): string | null {
  if (remedy === null || (verdict === 'unknown' && reader.isRoot)) return null;
  return printable(forThisConfiguration(forThisLibvirt(remedy, reader), reader));
}

/** A command of ours reads what this look has read. */
function forThisConfiguration(text: string, { configPath }: Reader): string {
  if (configPath === usualPath) return text;
  return text.replaceAll(
    /\bhandglass (doctor|input|shm (create|status)|usb)\b/g,
    (command) => `${command} --config ${shellWord(configPath)}`,
  );
}

/** Checks write commands for the libvirt that nearly everybody has. */
function forThisLibvirt(text: string, { uri }: Reader): string {
  return text.replaceAll('--connect qemu:///system', () => `--connect ${shellWord(uri)}`);
}

/** A machine may show what nobody foresaw: that costs one check, and not the screen. */
function lookedAt<Known>(look: Check<Known>['look'], facts: Known): Finding | Finding[] {
  try {
    return look(facts);
  } catch (error) {
    return unknown(`a defect of Handglass (${reasonOf(error)})`);
  }
}
