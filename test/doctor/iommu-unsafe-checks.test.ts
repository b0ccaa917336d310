import type { Change } from './healthy.ts';
import { both, line, type Row, testRows } from './rows.ts';

/** A file allows VFIO to do without interrupt remapping. */
const allowedByFile: Change = ({ pci, kernel }) => {
  pci.iommu.unsafeInterrupts = true;
  const [file, text] = ['/etc/modprobe.d/v.conf', 'allow_unsafe_interrupts=1'];
  kernel.moduleRules = [{ file, kind: 'options', module: 'vfio_iommu_type1', text }];
};

/** VFIO was told to have the card without an IOMMU. */
const unsafeGroup: Change = ({ pci }) => {
  const devices = ['0000:01:00.0'];
  pci.iommu.unsafeGroups = [{ number: 3, type: 'unknown', devices, unread: {} }];
};

const rows: Row[] = [
  {
    id: 'iommu.unsafe-interrupts',
    when: 'it is allowed in vain',
    change: ({ pci }) => {
      pci.iommu.unsafeInterrupts = true;
    },
    verdict: 'warning',
    todo: 'echo 0 | sudo tee /sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts ',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'a file allows it in vain',
    change: both(allowedByFile, ({ kernel }) => {
      kernel.modules['vfio_iommu_type1'] = 'loaded';
    }),
    verdict: 'warning',
    todo: 'allow_unsafe_interrupts Take it out of /etc/modprobe.d/v.conf too',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'a file allows it in vain to what is not loaded',
    change: allowedByFile,
    verdict: 'warning',
    todo: ' Take `allow_unsafe_interrupts` out of /etc/modprobe.d/v.conf.',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'a file of the system allows it in vain',
    change: both(allowedByFile, ({ kernel: { moduleRules } }) => {
      Object.assign(moduleRules?.[0] ?? {}, { file: '/usr/lib/modprobe.d/v.conf' });
    }),
    verdict: 'warning',
    todo: ' out of a copy of /usr/lib/modprobe.d/v.conf in /etc/modprobe.d.',
  },
  {
    id: 'iommu.unsafe-interrupts',
    when: 'the command line allows it in vain',
    change: both(line('vfio_iommu_type1.allow_unsafe_interrupts=1'), ({ pci, boot }) => {
      pci.iommu.unsafeInterrupts = true;
      boot.lineTool = 'grubby';
    }),
    verdict: 'warning',
    todo: '--remove-args="vfio_iommu_type1.allow_unsafe_interrupts=1"',
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made none',
    change: () => {},
    verdict: 'none',
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made one, and the IOMMU is on',
    change: unsafeGroup,
    verdict: 'warning',
    says: 'It is in group 3, which VFIO has made of it alone, with no IOMMU behind it',
    todo: ' The IOMMU is on, and another slot may be behind it. Then take `enable_unsafe_noiommu_mode`',
  },
  {
    id: 'iommu.unsafe-groups',
    when: 'VFIO has made one, and the IOMMU is off',
    change: both(unsafeGroup, line('quiet'), ({ pci, boot }) => {
      pci.iommu.isOn = false;
      boot.lineTool = 'grubby';
    }),
    verdict: 'warning',
    todo: 'sudo grubby --update-kernel=ALL --args="intel_iommu=on iommu=pt" Then start the machine anew. Then take',
  },
];

testRows(rows);
