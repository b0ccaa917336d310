/**
 * The domain whose QEMU libvirt started by this command line: it says
 * `-name guest=win10,debug-threads=on`, in which a comma of the name itself is doubled.
 */
export function guestNameIn(commandLine: readonly string[]): string | null {
  const option = commandLine.indexOf('-name');
  const text = option < 0 ? '' : (commandLine[option + 1] ?? '');
  const name = /^guest=((?:[^,]|,,)+)(?:,(?!,)|$)/.exec(text)?.[1];
  return name?.replaceAll(',,', ',') ?? null;
}
