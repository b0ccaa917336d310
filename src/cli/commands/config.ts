import { resolve } from 'node:path';
import { buildCommand, buildRouteMap } from '@stricli/core';
import type { Context } from '../context.ts';
import { configStatus } from '../exit-status.ts';
import { argument, configFlag, jsonFlag } from '../flags.ts';

const check = buildCommand({
  async func(this: Context, flags: { config: string; json?: boolean }, path?: string) {
    const file = path === undefined ? flags.config : resolve(path);
    const { loadConfig, readConfigText, checkConfig } = await import('../../config/load.ts');
    if (!flags.json) {
      await loadConfig(this.host, file);
      this.print(`${file}: everything is right`);
      return;
    }
    const checked = checkConfig(await readConfigText(this.host, file));
    const problems = 'problems' in checked ? checked.problems : [];
    this.print(JSON.stringify({ file, problems }));
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

export const config = buildRouteMap({
  routes: { check },
  docs: { brief: 'Check the configuration' },
});
