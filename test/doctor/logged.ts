/** What stands in the log, in tests. */
import type { Change } from './healthy.ts';
import { having } from './rows.ts';

export const logged = (...texts: string[]): Change =>
  having('log', { lines: texts.map((text) => ({ text, time: null })) });

/** A line of each kind, as the kernel, QEMU and libvirt write them. */
export const lines: Record<string, string> = {
  'bar-reserved':
    "vfio-pci 0000:01:00.0: BAR 3: can't reserve [mem 0xf0000000-0xf1ffffff 64bit pref]",
  'out-of-memory':
    'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=emulator,task=qemu-system-x86,pid=3563,uid=64055',
  'group-not-viable': 'qemu-system-x86_64: vfio 0000:01:00.0: group 1 is not viable',
  'no-passthrough':
    "unsupported configuration: host doesn't support passthrough of host PCI devices",
  'input-busy': 'libinput error: event4 - ioctl(EVIOCGRAB) failed: Device or resource busy',
  kvmfr: 'kvmfr: disagrees about version of symbol module_layout',
  'unsigned-module':
    'Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7',
  apparmor:
    'audit: type=1400 apparmor="DENIED" operation="open" profile="libvirt-6e1f1c1e" name="/dev/kvmfr0" pid=1 comm="qemu-system-x86"',
  selinux:
    'avc:  denied  { read write } for  pid=1 comm="qemu-kvm" path="/dev/shm/looking-glass" dev="tmpfs" scontext=system_u:system_r:svirt_t:s0',
  permission:
    "qemu-system-x86_64: -object input-linux,id=kbd: Could not open '/dev/input/event4': Permission denied",
  'locked-memory': 'vfio_pin_pages_remote: RLIMIT_MEMLOCK (67108864) exceeded',
  'rom-signature':
    'vfio-pci 0000:01:00.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0xffff',
  'reset-failed': 'vfio-pci 0000:0a:00.0: not ready 65535ms after FLR; giving up',
  'iommu-faults':
    'DMAR: [DMA Read NO_PASID] Request device [01:00.0] fault addr 0x0 [fault reason 0x06]',
  'iommu-failed': 'AMD-Vi: Completion-Wait loop timed out',
  'virtualization-off':
    'kvm_amd: SVM not supported by CPU 0, SVM disabled (by BIOS) in MSR_VM_CR on CPU 0',
  'unknown-parameters':
    'Unknown kernel command line parameters "BOOT_IMAGE=/vmlinuz vfio_foo=1", will be passed to user space.',
  'shm-rights':
    "qemu-system-x86_64: can't open backing store /dev/shm/looking-glass for guest RAM: Permission denied",
  'shm-size': "backing store size 0x2000000 does not match 'size' option 0x4000000",
  'usb-ports': 'internal error: No free USB ports',
  'clock-unstable':
    "clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable because the skew is too large:",
  'split-lock':
    'x86/split lock detection: #AC: CPU 2/KVM/4711 took a split_lock trap at address: 0x1',
  'link-errors':
    'pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrectable (Non-Fatal), type=Transaction Layer',
  'unknown-registers': 'kvm [1234]: vcpu0, guest rIP: 0xfffff80 unhandled rdmsr: 0x60d',
  'vfio-late': 'vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error -16',
};
