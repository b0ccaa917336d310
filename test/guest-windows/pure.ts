/** The parts of the client for Windows that know no Windows, compiled for this machine with sanitizers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { compile } from '../native/compile.ts';
import { converse } from '../native/router-conversation.ts';

// How long a compiler takes is no matter of these tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const parts = [
  'address',
  'arena',
  'command',
  'hotkey',
  'json',
  'pairing',
  'protocol',
  'render-change',
  'render-state',
  'render-words',
  'settings',
  'table',
  'text',
];

/** Asks the harness: a word and what it takes, and the lines that it answers. */
export function startPure(): (word: string, ...strings: string[]) => Promise<string[]> {
  let folder: string;
  let conversation: ReturnType<typeof converse>;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'handglass-'));
    conversation = converse(
      compile(folder, 'pure', [
        'test/guest-windows/pure-harness.c',
        ...parts.map((name) => `native/guest-windows/${name}.c`),
      ]),
    );
  });
  afterAll(() => {
    conversation.end();
    rmSync(folder, { recursive: true });
  });
  return async (word, ...strings) => {
    const [answer = []] = await conversation.ask([`${word} ${JSON.stringify(strings)}`]);
    return answer;
  };
}
