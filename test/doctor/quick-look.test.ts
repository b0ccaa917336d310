import { expect, test } from 'vitest';
import { quickReport } from '../../src/doctor/quick-look.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { doctorReport } from '../../src/doctor/doctor-report.ts';
import { machines } from '../machines/machines.ts';
import { buildWithSoftware } from '../machines/software.ts';
import { createSysfs } from '../system/sysfs.ts';
import { software } from './archiving.ts';

const quick = /^(cpu|boot)\.|^iommu\.(firmware|on|interrupts)$|^kernel\.huge-page-order$/;

test('it says of every machine what the whole doctor says of these things', async () => {
  const problems: string[] = [];
  for (const [name, machine] of Object.entries(machines)) {
    const looked = await buildWithSoftware(machine, software(name));
    const { virsh } = looked;
    const facts = await readFacts(looked.machine, { configPath: '/none.toml', virsh });
    const whole = doctorReport(facts).subjects.flatMap(({ results }) => results);
    const { counts, subjects } = await quickReport(looked.machine, '/none.toml');
    const results = subjects.flatMap((subject) => subject.results);
    expect(results).toEqual(whole.filter(({ id }) => quick.test(id)));
    const found = results.filter(({ verdict }) => verdict === 'problem').map(({ id }) => id);
    expect(counts.problem).toBe(found.length);
    problems.push(...found);
  }
  expect(problems).not.toEqual([]);
});

test('where nothing can be read it says so', async () => {
  const { host } = await createSysfs();
  const { counts } = await quickReport(host, '/none.toml');
  expect(counts.unknown).toBeGreaterThan(0);
});
