/** How the kernel's command line is changed on this machine, as a command where there is one. */
import type { Boot, LineTool, NextLine } from '../system/boot.ts';
import type { Todo } from './check.ts';
import { declaredWords, declaringForStart } from './declaring.ts';

export interface LineChange {
  add?: readonly string[];
  remove?: readonly string[];
}

/** What is known of the line and of what changes it. */
type Line = Pick<Boot, 'lineTool' | 'nextLine' | 'systemTool'>;

/** A change that the next start makes good. */
export function changeLine(boot: Line, { add = [], remove = [] }: LineChange): Todo {
  const byHand = byHands[boot.lineTool ?? 'unknown']?.(boot, add, remove) ?? {
    advice: byHandText(boot, add, remove),
  };
  // What is not plain could mean something else to a shell or to sed.
  if (![...add, ...remove].every((word) => /^[\w.,:=/+@%-]+$/.test(word))) return byHand;
  const remedy = commands[boot.lineTool ?? 'unknown'](boot, add, remove);
  return remedy === null ? byHand : { remedy, advice: thenStart(boot) };
}

/** What is left to be done behind a command that is for the next start. */
export function thenStart({ systemTool }: Pick<Boot, 'systemTool'>): string {
  return systemTool === 'transactional-update' || systemTool === 'abroot'
    ? 'Then start the machine anew, before any other command of this kind: each begins with the system that runs.'
    : 'Then start the machine anew.';
}

/** Without what a later file of grub.d replaces, since it does not take the variable along; others add to it. */
export function inForce(lines: readonly NextLine[]): NextLine[] {
  return lines.filter(
    ({ variable }, index) =>
      !lines.slice(index + 1).some((later) => later.variable === variable && replaces(later)),
  );
}

function replaces({ variable, parameters }: NextLine): boolean {
  if (variable === '') return false;
  const along = new RegExp(String.raw`\$\{?${variable}\b`);
  return !parameters.some(({ text }) => along.test(text));
}

type Words = readonly string[];

/** Where no command changes a word. */
const byHands: Partial<Record<LineTool, (boot: Line, add: Words, remove: Words) => Todo>> = {
  nixos: (_boot, add, remove) =>
    declaringForStart(
      placedText(add, remove, declaredWords, ['into', 'out of'], '`boot.kernelParams`'),
    ),
  bootc(_boot, add, remove) {
    const words = placedText(add, remove, declaredWords, ['into', 'out of'], placeOfKargs);
    return {
      advice: `${words} where the image of the system is built, run \`sudo bootc upgrade\` once it is, and start the machine anew.`,
    };
  },
  abroot: (boot, add, remove) => ({
    remedy: 'sudo abroot kargs edit',
    advice: `${wordsText(add, remove)} there. ${thenStart(boot)}`,
  }),
};

/** Where an image of bootc has them. */
export const placeOfKargs = 'the `kargs` of a file in /usr/lib/bootc/kargs.d';

/** A file is named that has what is to go; of grub.d's, where it is the one that counts. */
function byHandText(boot: Line, add: Words, remove: Words): string {
  const words = wordsText(add, remove);
  const maker = takeOver(boot);
  const has = ({ parameters }: NextLine) =>
    remove.every((word) => parameters.some(({ text }) => text === word));
  const last = boot.nextLine?.findLast(
    (each) => each.file.startsWith('/etc/default/grub.d/') && replaces(each),
  );
  const place =
    boot.lineTool === 'sdbootutil'
      ? boot.nextLine?.find((each) => each.file.startsWith('/etc/') && has(each))
      : last;
  return maker === null || place === undefined || !has(place)
    ? `${words}, and start the machine anew.`
    : `${words} in ${place.file}, run \`${maker}\`, and start the machine anew.`;
}

const commands: Record<LineTool, (boot: Line, add: Words, remove: Words) => string | null> = {
  'rpm-ostree': (_boot, add, remove) =>
    [
      'sudo rpm-ostree kargs',
      ...remove.map((word) => `--delete-if-present=${word}`),
      ...add.map((word) => `--append-if-missing=${word}`),
    ].join(' '),
  grubby: (_boot, add, remove) =>
    [
      'sudo grubby --update-kernel=ALL',
      ...(remove.length === 0 ? [] : [`--remove-args="${remove.join(' ')}"`]),
      ...(add.length === 0 ? [] : [`--args="${add.join(' ')}"`]),
    ].join(' '),
  kernelstub: (_boot, add, remove) =>
    [
      ...(remove.length === 0 ? [] : [`sudo kernelstub --delete-options "${remove.join(' ')}"`]),
      ...(add.length === 0 ? [] : [`sudo kernelstub --add-options "${add.join(' ')}"`]),
    ].join(' && '),
  'transactional-update': grubFile,
  'update-grub': grubFile,
  'grub2-mkconfig': grubFile,
  'grub-mkconfig': grubFile,
  nixos: () => null,
  bootc: () => null,
  abroot: () => null,
  sdbootutil: () => null,
  entries: () => null,
  unknown: () => null,
};

/**
 * Into the variable that is there, in whose quotes the words go first. What the file has already is only
 * taken over; what is to go and is not in it was told to the kernel elsewhere, which a person has to find.
 */
function grubFile(boot: Line, add: Words, remove: Words): string | null {
  const variables = inForce(boot.nextLine ?? []).filter(
    ({ file, variable }) => file === '/etc/default/grub' && variable !== '',
  );
  const there = new Set(variables.flatMap(({ parameters }) => parameters.map(({ text }) => text)));
  const into = variables.find(({ variable }) => variable.endsWith('_DEFAULT')) ?? variables[0];
  if (into === undefined || !into.isQuoted) return null;
  if (!remove.every((word) => there.has(word))) return null;
  const missing = add.filter((word) => !there.has(word) || remove.includes(word));
  const edits = [
    ...remove.map(
      (word) =>
        String.raw`-e "/^GRUB_CMDLINE_LINUX/s/\([\"' ]\)${forPattern(word)}\([\"' ]\)/\1\2/"`,
    ),
    ...(missing.length === 0
      ? []
      : [String.raw`-e "s/^${into.variable}=[\"']/&${missing.map(forText).join(' ')} /"`]),
  ];
  const maker = takeOver(boot) ?? '';
  return edits.length === 0
    ? maker
    : `sudo sed -i ${edits.join(' ')} /etc/default/grub && ${maker}`;
}

function forPattern(word: string): string {
  return word.replaceAll(/[./]/g, String.raw`\$&`);
}

function forText(word: string): string {
  return word.replaceAll('/', String.raw`\/`);
}

function wordsText(add: Words, remove: Words): string {
  return placedText(add, remove, plainWords, ['on', 'off'], "the kernel's command line");
}

function placedText(
  add: Words,
  remove: Words,
  text: (words: Words) => string,
  [on, off]: readonly [string, string],
  place: string,
): string {
  if (add.length === 0) return `Take ${text(remove)} ${off} ${place}`;
  if (remove.length === 0) return `Put ${text(add)} ${on} ${place}`;
  return `Put ${text(add)} ${on} ${place} in place of ${text(remove)}`;
}

/** Words as they stand on the line. */
export function plainWords(words: Words): string {
  return words.map((word) => `\`${word}\``).join(' and ');
}

/** What makes the boot loader take over its files; null where that is not known here. */
export function takeOver({ lineTool }: Pick<Boot, 'lineTool'>): string | null {
  return lineTool === null ? null : (makers[lineTool] ?? null);
}

const makers: Partial<Record<LineTool, string>> = {
  sdbootutil: 'sudo sdbootutil update-all-entries',
  'transactional-update': 'sudo transactional-update grub.cfg',
  'update-grub': 'sudo update-grub',
  'grub2-mkconfig': 'sudo grub2-mkconfig --output=/boot/grub2/grub.cfg',
  'grub-mkconfig': 'sudo grub-mkconfig --output=/boot/grub/grub.cfg',
};
