import { ensureImage } from './image/image.ts';

/** Makes the virtual host's disk before the first test that boots it, in the time that takes. */
export async function setup(): Promise<void> {
  await ensureImage((step) => console.log(step), new AbortController().signal);
}
