import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import { line, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'iommu.on',
    when: 'it was not asked for',
    change: (facts) => {
      facts.pci.iommu.isOn = false;
      line('quiet')(facts);
      facts.boot.nextLine = [
        {
          file: '/etc/default/grub',
          variable: 'GRUB_CMDLINE_LINUX',
          isQuoted: true,
          parameters: kernelParameters('quiet'),
        },
      ];
    },
    verdict: 'problem',
    todo: String.raw`sudo sed -i -e "s/^GRUB_CMDLINE_LINUX=[\"']/&intel_iommu=on iommu=pt /" /etc/default/grub && sudo update-grub`,
  },
  {
    id: 'iommu.on',
    when: 'the file already says it',
    change: (facts) => {
      facts.pci.iommu.isOn = false;
      line('quiet')(facts);
      facts.boot.nextLine?.[0]?.parameters.push(...kernelParameters('iommu=pt'));
    },
    verdict: 'problem',
    todo: 'sudo update-grub Then',
  },
  {
    id: 'iommu.on',
    when: 'it was told to be off',
    change: (facts) => {
      facts.pci.iommu.isOn = false;
      line('iommu=off')(facts);
      facts.boot.lineTool = 'rpm-ostree';
    },
    verdict: 'problem',
    todo: 'sudo rpm-ostree kargs --delete-if-present=iommu=off',
  },
  {
    id: 'iommu.on',
    when: 'it is AMD and the firmware has it off',
    change: ({ cpu, pci }) => {
      cpu.vendor = 'AuthenticAMD';
      pci.iommu.isOn = false;
      pci.iommu.firmwareTables = [];
    },
    verdict: 'problem',
    todo: 'AMD CBS',
  },
  {
    id: 'iommu.on',
    when: 'nobody tells',
    change: ({ pci }) => {
      pci.iommu.isOn = null;
      pci.iommu.unread['isOn'] = 'permission denied';
    },
    verdict: 'unknown',
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped',
    change: ({ pci }) => {
      pci.iommu.interruptRemapping = false;
    },
    verdict: 'problem',
    todo: 'allow_unsafe_interrupts=1',
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped, and VFIO is loaded',
    change: ({ pci, kernel }) => {
      pci.iommu.interruptRemapping = false;
      kernel.modules['vfio_iommu_type1'] = 'loaded';
    },
    verdict: 'problem',
    todo: 'unsafe-interrupts.conf && echo 1 | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts',
  },
  {
    id: 'iommu.interrupts',
    when: 'they are not remapped, and VFIO is built in',
    change: ({ pci, kernel, boot }) => {
      pci.iommu.interruptRemapping = false;
      kernel.modules['vfio_iommu_type1'] = 'built-in';
      boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: '--args="vfio_iommu_type1.allow_unsafe_interrupts=1" Then start the machine anew. That is for',
  },
  {
    id: 'iommu.interrupts',
    when: 'VFIO was told to do without',
    change: ({ pci }) => {
      pci.iommu.interruptRemapping = false;
      pci.iommu.unsafeInterrupts = true;
    },
    verdict: 'warning',
  },
  {
    id: 'iommu.interrupts',
    when: 'the kernel is told not to remap them',
    change: ({ pci: { iommu }, boot }) => {
      iommu.interruptRemapping = false;
      iommu.parameters = ['intel_iommu=on', 'intremap=nosid,off'];
      boot.lineTool = 'grubby';
    },
    verdict: 'problem',
    todo: 'sudo grubby --update-kernel=ALL --remove-args="intremap=nosid,off"',
  },
];

testRows(rows);
