import { resolve } from 'node:path';
import { buildCommand, buildRouteMap } from '@stricli/core';
import type { Config } from '../../config/schema.ts';
import type { HandglassError } from '../../errors.ts';
import type { Context } from '../context.ts';
import { configStatus } from '../exit-status.ts';
import { argument, configFlag, jsonFlag } from '../flags.ts';
import { problemLines } from '../render/problem.ts';

const check = buildCommand({
  async func(this: Context, flags: { config: string; json?: boolean }, path?: string) {
    const file = path === undefined ? flags.config : resolve(path);
    const { loadConfig, readConfigText, checkConfig } = await import('../../config/load.ts');
    if (!flags.json) {
      const notes = await notesOn(this, await loadConfig(this.host, file), file);
      this.print(
        `${file}: everything is right`,
        ...notes.flatMap(({ what, remedy }) => problemLines('note', what, remedy, this.columns)),
      );
      return;
    }
    const checked = checkConfig(await readConfigText(this.host, file));
    const problems = 'problems' in checked ? checked.problems : [];
    const notes = 'config' in checked ? await notesOn(this, checked.config, file) : [];
    this.print(
      JSON.stringify({
        file,
        problems,
        notes: notes.map(({ what, remedy }) => ({ message: what, remedy })),
      }),
    );
    if (problems.length > 0) this.process.exitCode = configStatus;
  },
  parameters: {
    flags: { config: configFlag, json: jsonFlag },
    positional: {
      kind: 'tuple',
      parameters: [{ ...argument('FILE', 'The file, in place of --config'), optional: true }],
    },
  },
  docs: { brief: 'Read a configuration over' },
});

/** What is no mistake in itself: the devices may be plugged in later, or on another machine. */
async function notesOn({ host }: Context, config: Config, file: string): Promise<HandglassError[]> {
  const { unfitSelectors } = await import('../../doctor/unfit-selectors.ts');
  return unfitSelectors(host, config, file);
}

export const config = buildRouteMap({
  routes: { check },
  docs: { brief: 'Check the configuration' },
});
