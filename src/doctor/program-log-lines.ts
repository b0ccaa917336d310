/** What QEMU, libvirt and desktops say of trouble with guests, of which the kernel's own log knows nothing. */
import { isDeclared } from './declaring.ts';
import { hasStartedSince } from './guest-starts.ts';
import type { KnownLine } from './known-line.ts';
import { allowPassthrough, openDevice, openSharedMemory } from './log-remedies.ts';

export const programLogLines: readonly KnownLine[] = [
  {
    id: 'group-not-viable',
    title: 'Whole groups',
    pattern: 'group [0-9]+ is not viable',
    verdict: 'problem',
    meaning:
      'A guest did not start, since another device of the same IOMMU group is with the host.',
    isPast: hasStartedSince,
    todo: () => ({
      remedy: 'handglass groups',
      advice: 'It shows what shares the group; all of that has to go with the device.',
    }),
  },
  {
    id: 'no-passthrough',
    title: 'PCI devices that libvirt refuses',
    pattern: "host doesn't support (passthrough of host PCI devices|VFIO PCI passthrough)",
    verdict: 'problem',
    meaning:
      'A guest did not start, since the IOMMU was off or VFIO was not there for its PCI devices.',
    isPast: ({ kernel, pci }) =>
      pci.iommu.isOn === true && /^(loaded|built-in)$/.test(kernel.modules['vfio_pci'] ?? ''),
    todo: allowPassthrough,
  },
  {
    id: 'input-busy',
    title: 'Input devices that are grabbed',
    pattern: '(EVIOCGRAB|[Gg]rab).*([Rr]esource busy|EBUSY)|Another program has grabbed it',
    verdict: 'problem',
    meaning: 'Another program holds an input device for itself, so that nobody else hears it.',
    isPast: hasStartedSince,
    todo: ({ boot }) => ({
      remedy: isDeclared(boot)
        ? "nix-shell --packages psmisc --run 'sudo fuser --verbose /dev/input/event*'"
        : 'sudo fuser --verbose /dev/input/event*',
      advice: 'It tells who has it open; end other switchers such as evsieve or input-remapper.',
    }),
  },
  {
    id: 'permission',
    title: 'Rights of guests',
    pattern:
      "([Cc]ould not open|failed to open) '?/dev/(input|vfio|kvmfr|shm)[^ ]*:? ?(Permission denied|Operation not permitted)",
    verdict: 'problem',
    meaning: 'QEMU had no right to open a device that the domain names.',
    isPast: hasStartedSince,
    todo: openDevice,
  },
  {
    id: 'shm-rights',
    title: 'Rights to shared memory',
    pattern:
      "can't open backing store /dev/(shm/[^/]+|kvmfr[0-9]+) for guest RAM: (Permission denied|Operation not permitted)",
    verdict: 'problem',
    meaning: 'A guest did not start, since QEMU had no right to the file of its shared memory.',
    isPast: hasStartedSince,
    todo: openSharedMemory,
  },
  {
    id: 'shm-size',
    title: 'Size of shared memory',
    pattern: 'backing store.*does not match|shmem size must be a power of two',
    verdict: 'problem',
    meaning:
      'A guest did not start, since the file of its shared memory has another size than its XML says.',
    isPast: hasStartedSince,
    todo: () => ({ remedy: 'handglass shm status' }),
  },
  {
    id: 'usb-ports',
    title: 'USB ports of guests',
    pattern: 'No free USB ports',
    verdict: 'warning',
    meaning: 'A domain had no USB port left for one more device.',
    todo: () => ({
      advice:
        "Give its controller more with `virsh edit`: `<controller type='usb' model='qemu-xhci' ports='15'/>`.",
    }),
  },
];
