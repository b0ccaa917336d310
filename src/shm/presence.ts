/** Whether a Looking Glass host writes into the file, where there is one. */
export function useText({ present, host }: { present: boolean; host: string }): string {
  return present ? hostText(host) : 'file missing';
}

export function hostText(host: string): string {
  return hostTexts[host] ?? `host ${host}`;
}

const hostTexts: Record<string, string> = {
  alive: 'host alive',
  dead: 'host stopped',
  none: 'no host',
  unknown: 'host not known yet',
};

/** What makes a file that is not there, as a clause. */
export function makerText(path: string): string {
  return path.startsWith('/dev/kvmfr')
    ? 'the module kvmfr makes it'
    : '`sudo handglass shm create` makes it';
}
