/** All checks, by what they are about, in the order of a screen. */
import { bootChecks } from './boot-checks.ts';
import { cpuChecks } from './cpu-checks.ts';
import { desktopChecks } from './desktop-checks.ts';
import { inputChecks, usbChecks } from './device-checks.ts';
import { domainChecks } from './domain-checks.ts';
import { domainCpuChecks } from './domain-cpu-checks.ts';
import { domainPciChecks } from './domain-pci-checks.ts';
import { graphicsChecks, usbControllerChecks } from './graphics-checks.ts';
import { iommuChecks } from './iommu-checks.ts';
import { kernelChecks } from './kernel-checks.ts';
import { libvirtChecks } from './libvirt-checks.ts';
import { logChecks } from './log-checks.ts';
import { lookingGlassChecks } from './looking-glass-checks.ts';
import { memoryChecks } from './memory-checks.ts';
import type { Subject } from './report.ts';
import { serviceChecks } from './service-checks.ts';

export const subjects: readonly Subject[] = [
  { name: 'Processor', checks: cpuChecks },
  { name: 'Memory', checks: memoryChecks },
  { name: 'Start of the machine', checks: bootChecks },
  { name: 'Kernel', checks: kernelChecks },
  { name: 'IOMMU', checks: iommuChecks },
  { name: 'Graphics', checks: [...graphicsChecks, ...desktopChecks] },
  { name: 'Input', checks: inputChecks },
  { name: 'USB', checks: [...usbChecks, ...usbControllerChecks] },
  { name: 'QEMU and libvirt', checks: libvirtChecks },
  { name: 'Looking Glass', checks: lookingGlassChecks },
  { name: 'Handglass', checks: serviceChecks },
  { name: 'Domains', checks: [...domainChecks, ...domainCpuChecks, ...domainPciChecks] },
  { name: 'Log', checks: logChecks },
];
