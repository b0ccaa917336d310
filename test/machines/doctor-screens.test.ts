import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { doctorLines } from '../../src/cli/render/doctor.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import { equipped } from './equipped.ts';
import { machines } from './machines.ts';
import { buildWithSoftware } from './software.ts';

test.each(Object.entries(equipped))('what the doctor says of %s', async (name, software) => {
  const machine = machines[name];
  if (machine === undefined) throw new Error(`no machine ${name}`);
  const { machine: host, virsh } = await buildWithSoftware(machine, software);
  const configPath = '/etc/handglass/handglass.toml';
  const report = doctorReport(await readFacts(host, { configPath, virsh }));
  const lines = doctorLines(report, false);
  const screen = stripVTControlCharacters(
    `# ${machine.title}\n$ handglass doctor\n${lines.join('\n')}\n[${report.counts.problem > 0 ? 1 : 0}]\n`,
  );
  await expect(screen).toMatchFileSnapshot(`../golden/machines/${name}-doctor.txt`);
});

test('every machine is looked at', () => {
  expect(Object.keys(equipped).toSorted()).toEqual(Object.keys(machines).toSorted());
});
