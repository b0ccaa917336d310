/**
 * What a few files tell of the machine: no program is started for it, no log read, and no PCI device looked
 * at, so that the service affords it at each start.
 */
import type { ReadFiles } from '../host/ports.ts';
import { readBoot } from '../system/boot.ts';
import { readCpu } from '../system/cpu.ts';
import { readIommu } from '../system/iommu.ts';
import { readKernel } from '../system/kernel.ts';
import { readingOnce } from '../system/reading-once.ts';
import { readKvmNode } from '../system/virtualization.ts';
import { bootChecks } from './boot-checks.ts';
import { cpuChecks } from './cpu-checks.ts';
import type { QuickFacts } from './facts.ts';
import { iommuStateChecks } from './iommu-state-checks.ts';
import { knownModules } from './kernel-modules.ts';
import { hugePageOrder } from './kernel-parameter-checks.ts';
import { type DoctorReport, reportOn, type Subject } from './report.ts';

const subjects: readonly Subject<QuickFacts>[] = [
  { name: 'Processor', checks: cpuChecks },
  { name: 'Start of the machine', checks: bootChecks },
  { name: 'Kernel', checks: [hugePageOrder] },
  { name: 'IOMMU', checks: iommuStateChecks },
];

/** What the whole report would say of these subjects. */
export async function quickReport(machine: ReadFiles, configPath: string): Promise<DoctorReport> {
  const host = readingOnce(machine);
  const [cpu, kernel, boot, iommu, virtualization] = await Promise.all([
    readCpu(host),
    readKernel(host, knownModules),
    readBoot(host),
    readIommu(host),
    readKvmNode(host),
  ]);
  const facts = { cpu, kernel, boot, pci: { iommu }, virtualization };
  return reportOn(facts, subjects, { configPath, uri: 'qemu:///system', isRoot: true });
}
