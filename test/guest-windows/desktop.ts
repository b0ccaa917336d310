/** A Windows desktop on an X server that nobody sees, with hands of its own. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { vi } from 'vitest';
import { createPrefix, type Prefix } from './wine.ts';

/** What a test on it cannot do without. */
export const desktopPrograms = [
  'x86_64-w64-mingw32-gcc',
  'wine',
  'wineserver',
  'openssl',
  'Xvfb',
  'xdotool',
];

export interface Desktop {
  prefix: Prefix;
  /**
   * Moves the mouse to the icon beside the clock. Without a window manager keys go to the window that
   * the mouse is on, and the bare desktop takes none.
   */
  pointAtIcon(): Promise<void>;
  /** Presses keys, as xdotool names them. */
  press(keys: string): Promise<void>;
  /** Clicks on the icon beside the clock, and waits until the menu is open. */
  openMenu(): Promise<void>;
  /** Windows that are shown: the desktop, the icons, and what is open. */
  windows(): Promise<string[]>;
  end(): Promise<void>;
}

export async function createDesktop(): Promise<Desktop> {
  const screen = execa(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '800x600x24', '-nolisten', 'tcp'],
    {
      reject: false,
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  const display = `:${await firstLine(screen.stdio[3])}`;
  const prefix = await createPrefix(display);
  void prefix.start('explorer', '/desktop=handglass,800x600');

  const xdotool = async (...words: string[]) => {
    const { stdout } = await execa('xdotool', words, { env: { DISPLAY: display }, reject: false });
    return stdout;
  };
  const shown = (name: string) =>
    vi.waitFor(
      async () => {
        const id = await xdotool('search', '--onlyvisible', '--name', name);
        if (id === '') throw new Error(`No window ${name} is shown.`);
        return id;
      },
      { interval: 100, timeout: 60_000 },
    );
  const windows = async () => {
    const ids = await xdotool('search', '--onlyvisible', '--name', '.*');
    return ids.split('\n').filter((id) => id !== '');
  };
  const pointAtIcon = async () => {
    await xdotool('mousemove', '--window', await shown('^Wine System Tray$'), '8', '10');
  };
  return {
    prefix,
    pointAtIcon,
    press: async (keys) => void (await xdotool('key', '--clearmodifiers', keys)),
    windows,

    async openMenu() {
      await pointAtIcon();
      // A balloon that is shown would be in the way of what counts the windows.
      const before = new Set(await windows());
      await vi.waitFor(
        async () => {
          await xdotool('click', '1');
          await vi.waitUntil(async () => (await windows()).some((id) => !before.has(id)), {
            interval: 50,
            timeout: 3_000,
          });
        },
        { interval: 100, timeout: 60_000 },
      );
    },

    async end() {
      await prefix.end();
      screen.kill();
      await screen;
    },
  };
}

async function firstLine(stream: unknown): Promise<string> {
  const [line] = (await once(
    createInterface({ input: stream as NodeJS.ReadableStream }),
    'line',
  )) as [string];
  return line;
}
