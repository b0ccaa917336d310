import { type Check, known, ok, problem, unknown, warning } from './check.ts';
import { isDeclared } from './declaring.ts';
import { gibText, mibText } from './sizes.ts';

export const memoryChecks: Check[] = [
  {
    id: 'memory.size',
    title: 'Memory',
    look: ({ memory }) =>
      known(memory, 'total', (total) =>
        total < 8 * 1024 ** 2
          ? warning(
              `There are ${gibText(total)} of memory, and a guest with a device has all of its own at once.`,
              { advice: 'Leave the host 4 GiB at least; no command makes more.' },
            )
          : ok(`There are ${gibText(total)} of memory.`),
      ),
  },
  {
    id: 'memory.huge-pages',
    title: 'Huge pages set aside',
    look: ({ memory, libvirt, virtualization }) =>
      known(memory, 'hugePages', (sizes) => {
        const set = sizes.filter(({ all }) => all > 0);
        if (set.length === 0) return ok('None are set aside.');
        const text = set
          .map(({ pageKib, all, free }) => `${all} of ${mibText(pageKib)}, ${free} of them free`)
          .join('; ');
        // A QEMU without libvirt, or a program of another kind.
        if (set.some(({ all, free }) => free < all)) return ok(`There are ${text}.`);
        const { domains } = libvirt;
        const isElsewhere = domains === null && virtualization.libvirtVersion === '';
        if (isElsewhere || domains?.some(({ xml }) => (xml?.hugePages ?? null) !== null) === true) {
          return ok(`There are ${text}.`);
        }
        const closed = domains?.find(({ xml }) => xml === null);
        return domains === null || closed !== undefined
          ? unknown(closed?.unread['xml'] ?? libvirt.unread['domains'] ?? 'nobody tells')
          : warning(
              `There are ${text}, and neither does a domain take its memory from them nor anybody else now.`,
              {
                remedy: `echo 0 | sudo tee ${set.map(({ pageKib }) => `/sys/kernel/mm/hugepages/hugepages-${pageKib}kB/nr_hugepages`).join(' ')}`,
                advice: 'Or let a domain have them: `<memoryBacking><hugepages/></memoryBacking>`.',
              },
            );
      }),
  },
  {
    id: 'memory.transparent-huge-pages',
    title: 'Huge pages by themselves',
    look: ({ memory }) =>
      known(memory, 'transparent', (how) =>
        how === 'never'
          ? warning('They are off, so guests without huge pages of their own are slower.', {
              remedy: 'echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled',
              advice: 'That lasts until the next start.',
            })
          : ok(how === 'none' ? 'This kernel has none.' : `Guests have them (${how}).`),
      ),
  },
  {
    id: 'memory.merging',
    title: 'Merging of equal pages (KSM)',
    look: ({ memory, boot }) =>
      known(memory, 'isMerging', (isOn) =>
        isOn
          ? warning(
              'The kernel looks through the memory of guests for equal pages, which makes them stutter.',
              {
                remedy: 'echo 2 | sudo tee /sys/kernel/mm/ksm/run',
                advice: isDeclared(boot)
                  ? 'The next start turns it on again where `hardware.ksm.enable` is set.'
                  : 'Where ksmtuned runs, it turns it on again: `sudo systemctl disable --now ksm ksmtuned`.',
              },
            )
          : ok('The kernel does not look for equal pages.'),
      ),
  },
  {
    id: 'memory.shared',
    title: 'Room for shared memory',
    look: ({ memory, sharedMemory, boot }) =>
      known(memory, 'shared', ({ size, free }) => {
        const missing = sharedMemory
          .filter(({ entry }) => entry.path.startsWith('/dev/shm/'))
          .map(({ bytes, found }) =>
            found === null || found === 'absent' ? bytes : Math.max(0, bytes - found.allocated),
          )
          .reduce((sum, bytes) => sum + bytes, 0);
        if (missing <= free) return ok(`/dev/shm has ${mibText(free / 1024)} free.`);
        const whole = `${Math.ceil((size + missing) / 1024 ** 2)}M`;
        return problem(
          `/dev/shm has ${mibText(free / 1024)} free, and the files of Looking Glass need ${mibText(missing / 1024)} more.`,
          {
            remedy: `sudo mount -o remount,size=${whole} /dev/shm`,
            advice: `That lasts until the next start; ${isDeclared(boot) ? `\`boot.devShmSize = "${whole}";\`` : `the line \`tmpfs /dev/shm tmpfs nosuid,nodev,size=${whole} 0 0\` in /etc/fstab`} keeps it.`,
          },
        );
      }),
  },
];
