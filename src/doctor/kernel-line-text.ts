/** The kernel's command line in sentences, where nothing is known of the boot loader. */
import { type LineTool, wholeTools } from '../system/boot.ts';
import type { SystemTool } from '../system/distribution.ts';
import { todoText } from './check.ts';
import { declaredWords } from './declaring.ts';
import { changeLine, type LineChange, placeOfKargs, plainWords } from './kernel-line.ts';

interface System {
  systemTool: SystemTool | null;
}

/** A change, as whole sentences. */
export function changingLine(system: System, change: LineChange): string {
  const { systemTool } = system;
  return todoText(changeLine({ systemTool, lineTool: toolOf(system), nextLine: null }, change));
}

/** Words where they are to stand, as a part of a sentence. */
export function onLine(system: System, words: readonly string[]): string {
  return (places[toolOf(system)] ?? onTheLine())(words);
}

const places: Partial<Record<LineTool, (words: readonly string[]) => string>> = {
  nixos: (words) => `${declaredWords(words)} in \`boot.kernelParams\``,
  bootc: (words) => `${declaredWords(words)} in ${placeOfKargs}`,
  'rpm-ostree': onTheLine(' (`sudo rpm-ostree kargs --editor`)'),
  abroot: onTheLine(' (`sudo abroot kargs edit`)'),
};

/** @param how it is opened, behind it */
function onTheLine(how = '') {
  return (words: readonly string[]) => `${plainWords(words)} on the kernel's command line${how}`;
}

function toolOf({ systemTool }: System): LineTool {
  return wholeTools[systemTool ?? 'packages'] ?? 'unknown';
}
