import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { compile } from './compile.ts';
import { converse } from './router-conversation.ts';

/** Chord 7 sends seat 0 between the host and target 1, and 8 seat 1; 9 is panic. */
export const chords =
  '7@0:a+b,to=0/1,swallow 8@1:a+b,to=0/1,swallow 9@0:y+z,panic,swallow' as const;

/** Two keyboards and a mouse on seat 0, a keyboard on seat 1; two domains. */
export const table = `table 0=0 1=0 2=0 3=1 t1=k1/p1 t2=k2/p2 s0=direct s1=direct ${chords}`;
export const desk = ['add 0 keyboard', 'add 1 keyboard', 'add 2 mouse', 'add 3 keyboard', table];

const grabs = 'grab 0 | grab 1 | grab 2';

/** Seat 0 goes from the host to target 1. */
export const taken = `move 0 1 -> ${grabs} | moved 0 to 1 in 1: asked`;

/** A case: its name, then what is said to the router, and what it answers if it does. */
export type Case = [name: string, ...dialogue: string[]];

export const routerSources = [
  'router',
  'router-seats',
  'router-forward',
  'chords',
  'outbox',
  'capabilities',
];

/** A conversation with router-harness.c, which lasts as long as the file's tests. */
export const startRouter = () => start('router', routerSources);

/** The same with chords-harness.c. */
export const startChords = () => start('chords', ['chords']);

/** The same with outbox-harness.c. */
export const startOutbox = () => start('outbox', ['outbox']);

/**
 * Has a dialogue as it is written: `line -> answer | answer`, the setup before it. Resolves with what
 * really was said. LEDs are left out unless they are asked for.
 */
export function dialogues(
  setup: readonly string[],
  { withLeds = false } = {},
): (dialogue: readonly string[]) => Promise<string[]> {
  const ask = startRouter();
  return async (dialogue) => {
    const lines = dialogue.map((said) => said.replace(/ -> .*/, ''));
    const answers = (await ask([...setup, ...lines])).slice(setup.length);
    return lines.map((line, index) => {
      const shown = answers[index]?.filter((answer) => withLeds || !answer.startsWith('light'));
      return shown === undefined || shown.length === 0 ? line : `${line} -> ${shown.join(' | ')}`;
    });
  };
}

function start(name: string, sources: readonly string[]): ReturnType<typeof converse>['ask'] {
  const folder = mkdtempSync(join(tmpdir(), 'handglass-'));
  const files = sources.map((source) => `native/${source}.c`);
  const harness = compile(folder, name, [`test/native/${name}-harness.c`, ...files]);
  const { ask, end } = converse(harness);
  afterAll(() => {
    end();
    rmSync(folder, { recursive: true });
  });
  return ask;
}
