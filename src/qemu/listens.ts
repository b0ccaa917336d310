import { basename } from 'node:path';

/**
 * Whether a program with this command line is the QEMU that made this socket: it says
 * `-qmp unix:/run/qemu/win10.qmp,server=on` or `-chardev socket,id=qmp,path=/run/qemu/win10.qmp,…`, in
 * which a comma of the path itself is doubled. Programs that start another, such as sudo, say the
 * same under a name of their own.
 */
export function listensAt(commandLine: readonly string[], socket: string): boolean {
  const [program = '', ...words] = commandLine;
  if (!/qemu|kvm/i.test(basename(program))) return false;
  return words.some((word) =>
    settingsIn(word).some((each) => each === `unix:${socket}` || each === `path=${socket}`),
  );
}

function settingsIn(word: string): string[] {
  return word
    .replaceAll(',,', '\0')
    .split(',')
    .map((each) => each.replaceAll('\0', ','));
}
