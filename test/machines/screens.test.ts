import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { groupLines } from '../../src/cli/render/groups.ts';
import { groupReport } from '../../src/doctor/group-report.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { buildMachine } from './build.ts';
import { machines } from './machines.ts';

test.each(Object.entries(machines))('the groups of %s', async (name, machine) => {
  const { host } = await buildMachine(machine);
  const lines = groupLines(groupReport(await surveyPci(host)));
  const screen = stripVTControlCharacters(
    `# ${machine.title}\n$ handglass groups\n${lines.join('\n')}\n`,
  );
  await expect(screen).toMatchFileSnapshot(`../golden/machines/${name}-groups.txt`);
});
