import { isChangedAsWhole } from '../system/distribution.ts';
import { about, type Check, known, ok, problem, unknown, warning } from './check.ts';
import { isDeclared } from './declaring.ts';
import { enrolling } from './enrolling.ts';
import type { QuickFacts } from './facts.ts';
import { shellWord } from './shell-word.ts';

export const bootChecks: Check<QuickFacts>[] = [
  {
    id: 'boot.distribution',
    title: 'Distribution',
    look: ({ boot }) =>
      known(boot, 'distribution', ({ name }) =>
        ok(`${name}${isChangedAsWhole(boot) ? ', whose system files change as a whole' : ''}.`),
      ),
  },
  {
    id: 'boot.container',
    title: 'Container',
    look: ({ boot }) =>
      known(boot, 'container', (container) => {
        if (container === '') return ok('This is the machine itself.');
        if (container === 'wsl') {
          return warning('This is Linux in Windows (WSL), which shows no devices of the machine.', {
            advice: 'Guests get devices where Linux is on the machine itself.',
          });
        }
        const name = container === 'other' ? '' : ` (${container})`;
        return warning(`This is a container${name}, which shows only a part of the machine.`, {
          advice: 'Run it on the host itself.',
        });
      }),
  },
  {
    id: 'boot.firmware',
    title: 'Firmware of this machine',
    look: ({ boot }) =>
      known(boot, 'firmware', (firmware) =>
        ok(firmware === 'efi' ? 'It started by UEFI.' : 'It started by a BIOS, or in its way.'),
      ),
  },
  {
    id: 'boot.secure-boot',
    title: 'Secure Boot',
    look: ({ boot, kernel }) =>
      known(boot, 'secureBoot', (isOn) => {
        if (!isOn) return ok('It is off, so any module can be loaded.');
        if (isDeclared(boot)) {
          return ok('It is on, and kernels as NixOS builds them take modules without a signature.');
        }
        // What is loaded has its signature, or needs none here.
        const own = ['kvmfr', 'vendor_reset'].filter((name) => kernel.modules[name] === 'loadable');
        if (own.length === 0) return ok('It is on: modules of your own would have to be signed.');
        return warning(
          `It is on, and the kernel takes ${own.join(' and ')} only with a signature that the machine knows.`,
          enrolling(boot),
        );
      }),
  },
  {
    id: 'boot.lockdown',
    title: 'Lockdown of the kernel',
    look: ({ boot }) =>
      known(boot, 'lockdown', (lockdown) =>
        lockdown === 'confidentiality'
          ? warning(
              'The kernel keeps root from reading it, so that ROMs and other parts of devices cannot be read.',
              {
                advice: "It comes with `lockdown=confidentiality` on the kernel's command line.",
              },
            )
          : ok(lockdown === 'none' ? 'There is none.' : 'Root can load no unsigned modules.'),
      ),
  },
  {
    id: 'boot.loader',
    title: 'Boot loader',
    look: ({ boot }) =>
      known(boot, 'loader', (loader) =>
        loader === 'unknown'
          ? unknown(
              'it is none that is known here, so parameters of the kernel are changed by hand',
            )
          : ok(`It is ${loader}; parameters are changed by ${toolText(boot.lineTool ?? 'hand')}.`),
      ),
  },
  {
    id: 'boot.defaults-folder',
    title: 'Settings in a wrong folder',
    look: ({ boot }) =>
      known(boot, 'hasDefaultsFolder', (isThere) =>
        isThere
          ? warning('/etc/defaults/grub is read by nobody: the file is /etc/default/grub.', {
              remedy: 'sudo diff /etc/defaults/grub /etc/default/grub',
              advice: 'Take over what is missing, and remove the first.',
            })
          : ok('There is no /etc/defaults/grub, which nobody would read.'),
      ),
  },
  {
    id: 'boot.initramfs',
    title: 'Initramfs',
    look: ({ boot }) =>
      known(boot, 'initramfs', ({ generator, modules }) => {
        const own = modules.filter(({ name }) => name.startsWith('vfio'));
        if (isDeclared(boot)) return ok("It is made from the system's configuration.");
        if (generator === 'unknown') return unknown('what makes it is not known here');
        return ok(
          own.length === 0
            ? `${generator} makes it, with no VFIO named in its configuration.`
            : `${generator} makes it, with ${own.map(({ name }) => name).join(', ')}.`,
        );
      }),
  },
  {
    id: 'boot.virqfd',
    title: 'Module vfio_virqfd',
    look: ({ boot, kernel }) =>
      known(boot, 'initramfs', ({ generator, modules }) =>
        known(kernel, 'version', ([major, minor]) => {
          // Their files are not read.
          if (generator === 'unknown' || generator === 'booster') return [];
          const named = modules.filter(({ name }) => name === 'vfio_virqfd');
          const isGone = major > 6 || (major === 6 && minor >= 2);
          if (named.length === 0 || !isGone)
            return ok('The initramfs names no module that is gone.');
          return named.map(({ file }) =>
            about(
              file,
              problem(
                'It names vfio_virqfd, which is a part of vfio since Linux 6.2: an initramfs with it is not made, or fails.',
                { remedy: `sudo sed -i 's/ *vfio[_-]virqfd//' ${shellWord(file)}` },
              ),
            ),
          );
        }),
      ),
  },
];

function toolText(tool: string): string {
  if (tool === 'entries' || tool === 'unknown' || tool === 'hand') return 'hand';
  if (tool === 'bootc') return 'the image of the system';
  return tool === 'nixos' ? "the system's configuration" : tool;
}
