import { both, having, line, type Row, testRows } from './rows.ts';

const rows: Row[] = [
  {
    id: 'cpu.virtualization',
    when: 'the firmware has it off',
    change: ({ cpu, virtualization }) => {
      cpu.virtualization = 'none';
      virtualization.kvmNode = 'absent';
    },
    verdict: 'problem',
    todo: '`Intel VT-x`',
  },
  {
    id: 'cpu.virtualization',
    when: 'this is a guest',
    change: having('cpu', { virtualization: 'none', isGuest: true }),
    verdict: 'problem',
    todo: 'host-passthrough',
  },
  {
    id: 'cpu.virtualization',
    when: 'this is a guest that runs guests, which its processor does not say',
    change: both(having('cpu', { virtualization: 'none', isGuest: true }), ({ kernel }) => {
      kernel.modules['kvm_intel'] = 'loaded';
    }),
    verdict: 'ok',
  },
  {
    id: 'cpu.virtualization',
    when: 'its flags cannot be read',
    change: ({ cpu }) => {
      cpu.virtualization = null;
      cpu.unread['virtualization'] = 'permission denied';
    },
    verdict: 'unknown',
    says: 'permission denied',
    todo: 'sudo handglass doctor',
  },
  {
    id: 'cpu.kvm',
    when: 'the module is not loaded on AMD',
    change: ({ cpu, virtualization }) => {
      cpu.vendor = 'AuthenticAMD';
      virtualization.kvmNode = 'absent';
    },
    verdict: 'problem',
    todo: 'sudo modprobe kvm_amd',
  },
  {
    id: 'cpu.kvm',
    when: 'this is a container',
    change: ({ boot, virtualization }) => {
      boot.container = 'docker';
      virtualization.kvmNode = 'absent';
    },
    verdict: 'problem',
    todo: '--device /dev/kvm',
  },
  {
    id: 'cpu.governor',
    when: 'it stays low',
    change: having('cpu', { governors: ['powersave'] }),
    verdict: 'warning',
    todo: 'echo performance | sudo tee',
  },
  {
    id: 'cpu.governor',
    when: 'the word is powersave and the hardware decides',
    change: having('cpu', { governors: ['powersave'], frequencyDriver: 'intel_pstate' }),
    verdict: 'ok',
  },
  {
    id: 'cpu.clock-source',
    when: 'the TSC is not trusted',
    change: having('cpu', { clockSource: 'hpet' }),
    verdict: 'warning',
    says: 'high DPC latency',
  },
  {
    id: 'cpu.old-npt',
    when: 'the kernel has the old fault',
    change: ({ cpu, kernel }) => {
      cpu.vendor = 'AuthenticAMD';
      kernel.version = [4, 9];
    },
    verdict: 'warning',
  },
  {
    id: 'cpu.old-npt',
    when: 'the old way around is still there',
    change: (facts) => {
      facts.cpu.vendor = 'AuthenticAMD';
      line('kvm_amd.npt=0')(facts);
    },
    verdict: 'warning',
    todo: "Take `kvm_amd.npt=0` off the kernel's command line, and start the machine anew.",
  },
  { id: 'cpu.old-npt', when: 'it is no AMD', change: () => {}, verdict: 'none' },
  {
    id: 'cpu.topology',
    when: 'the last cores have fewer threads',
    change: ({ cpu }) => {
      cpu.processors?.push({ number: 8, siblings: [8] });
    },
    verdict: 'ok',
    says: 'such as 3 and 7',
  },
  {
    id: 'cpu.hybrid',
    when: 'there are small cores',
    change: having('cpu', { hybrid: { fast: [0, 1, 2, 3], small: [4, 5, 6, 7] } }),
    verdict: 'ok',
    says: 'Fast are the processors 0-3, small 4-7',
  },
];

testRows(rows);
