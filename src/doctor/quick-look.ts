/**
 * What a few files tell of the machine: no program is started for it, no log read, and no PCI device looked
 * at, so that the service affords it at each start.
 */
import type { ReadFiles } from '../host/ports.ts';
import { readBoot } from '../system/boot.ts';
import { readCpu } from '../system/cpu.ts';
import { readIommu } from '../system/iommu.ts';
import { readKernel } from '../system/kernel.ts';
import { readKvmNode } from '../system/virtualization.ts';
import { bootChecks } from './boot-checks.ts';
import { type Finding, lookedAt, type QuickCheck } from './check.ts';
import { cpuChecks, kvmModules } from './cpu-checks.ts';
import { iommuStateChecks } from './iommu-checks.ts';
import { hugePageOrder } from './kernel-parameter-checks.ts';

const checks: readonly QuickCheck[] = [
  ...cpuChecks,
  ...bootChecks,
  hugePageOrder,
  ...iommuStateChecks,
];

/** The problems alone. */
export async function quickLook(host: ReadFiles): Promise<Finding[]> {
  const [cpu, kernel, boot, iommu, virtualization] = await Promise.all([
    readCpu(host),
    readKernel(host, kvmModules),
    readBoot(host),
    readIommu(host),
    readKvmNode(host),
  ]);
  // Where not even that can be read, what is missing elsewhere proves nothing.
  if (kernel.parameters === null) return [];
  const facts = { cpu, kernel, boot, pci: { iommu }, virtualization };
  return checks
    .flatMap(({ look }) => lookedAt(look, facts))
    .filter(({ verdict }) => verdict === 'problem');
}
