import { HandglassError, isErrno, reasonOf } from '../errors.ts';
import type { Context } from './context.ts';

/** @throws HandglassError `usage` where a picture and JSON are asked for together */
export function requireOneForm(json: boolean | undefined, svg: string | undefined): void {
  if (!json || svg === undefined) return;
  throw new HandglassError('usage', '--json and --svg exclude each other.', 'Leave one out.');
}

/** Writes a picture to the file that `--svg` names, in place of what is there; `-` prints it. */
export async function givePicture(context: Context, path: string, text: string): Promise<void> {
  if (path === '-') context.print(text);
  else await writePicture(context, path, text);
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
