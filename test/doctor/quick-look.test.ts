import { expect, test, vi } from 'vitest';
import { machineProblems } from '../../src/daemon/machine.ts';
import { quickLook } from '../../src/doctor/quick-look.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import { doctorReport } from '../../src/doctor/report.ts';
import { machines } from '../machines/machines.ts';
import { buildWithSoftware } from '../machines/software.ts';
import { createSysfs } from '../system/sysfs.ts';
import { software } from './archiving.ts';

// How long it takes to build whole machines is no matter of these tests.
vi.setConfig({ testTimeout: 120_000 });

const quick = /^(cpu|boot)\.|^iommu\.(firmware|on|interrupts)$|^kernel\.huge-page-order$/;

test('it finds on every machine what the doctor finds there, and says it in the same words', async () => {
  const found: string[] = [];
  for (const [name, machine] of Object.entries(machines)) {
    const looked = await buildWithSoftware(machine, software(name));
    const { virsh } = looked;
    const facts = await readFacts(looked.machine, { configPath: '/none.toml', virsh });
    const results = doctorReport(facts).subjects.flatMap((subject) => subject.results);
    const problems = results.filter(({ id, verdict }) => verdict === 'problem' && quick.test(id));
    const told = (await quickLook(looked.machine)).map(({ explanation }) => explanation);
    expect(told.toSorted()).toEqual(problems.map(({ explanation }) => explanation).toSorted());
    found.push(...told);
  }
  expect(found).not.toEqual([]);
});

test('the service tells of them with what to do', async () => {
  const { host, write } = await createSysfs();
  await write('/proc/cmdline', 'quiet intremap=off\n');
  await write('/sys/kernel/iommu_groups/0/type', 'DMA\n');
  await write('/proc/interrupts', ' 24:   1   PCI-MSI 376832-edge   nvme0q0\n');
  await write('/dev/kvm', '');
  expect(await machineProblems(host)).toMatchObject([
    {
      code: 'host-unfit',
      what: expect.stringContaining('Interrupts are not remapped') as string,
      remedy: "Take `intremap=off` off the kernel's command line, and start the machine anew.",
    },
  ]);
});

test('where nothing can be read nothing is told', async () => {
  const { host } = await createSysfs();
  expect(await quickLook(host)).toEqual([]);
});
