/** What is said to a NixOS in place of a command: all that a command would write is made from its configuration. */
import type { SystemTool } from '../system/distribution.ts';
import type { Todo } from './check.ts';

/** Whether it is one. */
export function isDeclared({ systemTool }: { systemTool: SystemTool | null }): boolean {
  return systemTool === 'nixos-rebuild';
}

/**
 * @param what is to be written, as a sentence begins
 * @param restarted a unit that reads its files anew only when it starts
 */
export function declaring(what: string, restarted = ''): Todo {
  const restart = restarted === '' ? '' : ` && sudo systemctl restart ${restarted}`;
  return { advice: `${what} in ${place}, and run \`sudo nixos-rebuild switch${restart}\`.` };
}

/** The same of what only the next start makes good. */
export function declaringForStart(what: string): Todo {
  return {
    advice: `${what} in ${place}, run \`sudo nixos-rebuild boot\`, and start the machine anew.`,
  };
}

/** Words as they stand in a list there. */
export function declaredWords(words: readonly string[]): string {
  return words
    .map((word) => `\`"${word.replaceAll(/["\\]|\$\{/g, String.raw`\$&`)}"\``)
    .join(' and ');
}

const place = "the system's configuration (/etc/nixos/configuration.nix)";
