import { expect, test } from 'vitest';
import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import { found, type Change } from './healthy.ts';
import { both, having, hostDisk, line, onlyCard, type Row, testRows } from './rows.ts';

/** A file that GRUB reads behind /etc/default/grub. */
const grubPart =
  (text: string): Change =>
  ({ boot }) => {
    const file = '/etc/default/grub.d/50-cloud.cfg';
    const variable = 'GRUB_CMDLINE_LINUX_DEFAULT';
    boot.nextLine?.push({ file, variable, isQuoted: true, parameters: kernelParameters(text) });
  };

const rows: Row[] = [
  {
    id: 'kernel.ignored-parameter',
    when: 'iommu_pt is there',
    change: line('quiet iommu_pt'),
    verdict: 'problem',
    says: 'what is meant is `iommu=pt`',
    todo: '`iommu=pt`',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'AMD is told to be on',
    change: line('amd_iommu=on'),
    verdict: 'warning',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'AMD is told to be on in general',
    change: both(line('iommu=on'), having('cpu', { vendor: 'AuthenticAMD' })),
    verdict: 'warning',
    todo: "Take `iommu=on` off the kernel's command line, and start",
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'AMD is told what is of Intel, and to let its own devices pass',
    change: both(line('intel_iommu=yes,pt'), having('cpu', { vendor: 'AuthenticAMD' })),
    verdict: 'problem',
    todo: "Put `iommu=pt` on the kernel's command line in place of",
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'vfio-pci.id is there',
    change: (facts) => {
      line('vfio-pci.id=10de:2684')(facts);
      facts.boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: 'sudo grubby --update-kernel=ALL --remove-args="vfio-pci.id=10de:2684" --args="vfio-pci.ids=10de:2684"',
  },
  ...['vfio-pci', 'acs_override', 'isolcpu'].map((word): Row => ({
    id: 'kernel.ignored-parameter',
    when: `${word} has no value`,
    change: both(line(word), having('boot', { lineTool: 'grubby' })),
    verdict: 'problem',
    says: 'of which the value is missing',
    todo: `sudo grubby --update-kernel=ALL --remove-args="${word}" Then`,
  })),
  {
    id: 'kernel.ignored-parameter',
    when: 'what needs no value is misspelt',
    change: both(line('allow_unsafe_interrupts'), having('boot', { lineTool: 'grubby' })),
    verdict: 'problem',
    todo: '--args="vfio_iommu_type1.allow_unsafe_interrupts"',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'a word could mean something to a shell',
    change: (facts) => {
      line('vfio-pci.id=$(reboot)')(facts);
      facts.boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: "on the kernel's command line in place of",
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'all is spelled right',
    change: line(
      'intel_iommu=on,sm_on iommu=pt amd_iommu=pgtbl_v2 vfio-pci.ids=10de:2684,10de:22ba',
    ),
    verdict: 'ok',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'a word has one letter too many',
    change: line('iommu=pti'),
    verdict: 'warning',
    todo: 'Put `iommu=pt` on the kernel',
  },
  {
    id: 'kernel.ignored-parameter',
    when: 'what is meant would take the disk that the host starts from',
    change: both(line('vfio-pci.id=144d:a808'), hostDisk),
    verdict: 'problem',
    todo: 'The host would lose',
  },
  {
    id: 'kernel.huge-page-order',
    when: 'the count stands before the size',
    change: line('hugepages=8 hugepagesz=1G'),
    verdict: 'problem',
  },
  {
    id: 'kernel.huge-page-order',
    when: 'the default size has a count, and another has its own',
    change: line('hugepages=512 hugepagesz=1G hugepages=8'),
    verdict: 'ok',
  },
  {
    id: 'kernel.acs-override',
    when: 'it is on',
    change: line('pcie_acs_override=downstream,multifunction'),
    verdict: 'warning',
    says: 'smaller IOMMU groups',
  },
  {
    id: 'kernel.acs-override',
    when: 'it is on, and only a person can change that',
    change: both(line('pcie_acs_override=downstream'), having('boot', { lineTool: null })),
    verdict: 'warning',
    todo: "Take `pcie_acs_override=downstream` off the kernel's command line, and start the machine anew. Keep it only",
  },
  {
    id: 'kernel.parameters-pending',
    when: 'the file was not taken over',
    change: line('quiet'),
    verdict: 'warning',
    says: '`intel_iommu=on` stands in /etc/default/grub',
    todo: 'sudo update-grub',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'grubby keeps them elsewhere than in the file',
    change: both(line('quiet'), having('boot', { lineTool: 'grubby' })),
    verdict: 'warning',
    todo: 'sudo grubby --update-kernel=ALL --args="intel_iommu=on"',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'the system is an image',
    change: both(line('quiet'), having('boot', { lineTool: 'rpm-ostree' })),
    verdict: 'warning',
    todo: 'sudo rpm-ostree kargs --append-if-missing=intel_iommu=on',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'the system is an image of bootc',
    change: both(line('quiet'), having('boot', { lineTool: 'bootc' })),
    verdict: 'warning',
    todo: ' Put `"intel_iommu=on"` into the `kargs` of a file in /usr/lib/bootc/kargs.d where',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'abroot keeps them elsewhere than in the file',
    change: both(line('quiet'), having('boot', { lineTool: 'abroot' })),
    verdict: 'warning',
    todo: 'sudo abroot kargs edit',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'a later file sets the variable anew',
    change: both(line('quiet'), grubPart('quiet')),
    verdict: 'ok',
  },
  {
    id: 'kernel.parameters-pending',
    when: "it would take the host's only card, whose driver does not tell of a display",
    change: both(onlyCard, ({ boot }) => {
      boot.nextLine?.[0]?.parameters.push(...kernelParameters('vfio-pci.ids=10de:2684'));
    }),
    verdict: 'warning',
    todo: 'The driver nvidia does not say whether the host has a display on it: see that first.',
  },
  {
    id: 'kernel.parameters-pending',
    when: 'it would take the disk that the host starts from',
    change: both(hostDisk, ({ boot }) => {
      boot.nextLine?.[0]?.parameters.push(...kernelParameters('vfio-pci.ids=144d:a808'));
    }),
    verdict: 'warning',
    todo: 'The host would lose',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'they stand in no file',
    change: line('quiet intel_iommu=on iommu=pt amd_iommu=on'),
    verdict: 'warning',
    says: 'was given `iommu=pt`, and',
    todo: '&iommu=pt /',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'a later file sets the variable anew',
    change: both(line('intel_iommu=on'), grubPart('quiet')),
    verdict: 'warning',
    says: 'was given `intel_iommu=on`, and',
    todo: "Put `intel_iommu=on` on the kernel's command line in /etc/default/grub.d/50-cloud.cfg, run `sudo update-grub`, and",
  },
  {
    id: 'kernel.parameters-lost',
    when: 'a later file takes the variable along',
    change: both(line('intel_iommu=on'), grubPart('${GRUB_CMDLINE_LINUX_DEFAULT} quiet')),
    verdict: 'ok',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'a later file sets one of two variables anew',
    change: both(line('intel_iommu=on'), grubPart('$GRUB_CMDLINE_LINUX'), ({ boot }) => {
      const [first] = boot.nextLine ?? [];
      const parameters = kernelParameters('quiet');
      if (first === undefined) return;
      boot.nextLine?.unshift({ ...first, variable: 'GRUB_CMDLINE_LINUX', parameters });
    }),
    verdict: 'warning',
    todo: '"s/^GRUB_CMDLINE_LINUX=',
  },
  {
    id: 'kernel.parameters-lost',
    when: 'grubby keeps them',
    change: both(line('iommu=pt'), having('boot', { lineTool: 'grubby' })),
    verdict: 'none',
  },
];

testRows(rows);

test('each parameter that matters is told with its meaning', () => {
  const results = found('kernel.parameter', line('quiet intel_iommu=on iommu=pt isolcpus=1-3'));
  expect(results.map(({ about, explanation }) => [about, explanation])).toEqual([
    ['intel_iommu=on', "Intel's IOMMU is on."],
    ['iommu=pt', "The host's own devices pass the IOMMU by, which costs them nothing."],
    ['isolcpus=1-3', 'The scheduler leaves these processors alone.'],
  ]);
});
