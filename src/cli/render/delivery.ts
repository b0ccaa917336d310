import type { Delivered } from '../deliver.ts';

/** Where a pairing string is now, and what is left to do in the domain. */
export function deliveryLines(domain: string, delivered: Delivered): string[] {
  if ('paired' in delivered) return [`It was used in ${domain}: ${delivered.paired} is paired.`];
  if ('file' in delivered) {
    const { file, by, command } = delivered;
    return [`It is in ${domain}, in ${file}. There, ${by} runs:`, `  ${command}`];
  }
  const { drive } = delivered;
  return [
    `It is on a disc in drive ${drive} of ${domain}. Open it there, and start setup.cmd.`,
    `Take it out when done: virsh change-media ${domain} ${drive} --eject`,
  ];
}
