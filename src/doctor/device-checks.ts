/** Input and USB devices, and what the configuration says of them. */
import { isNamed } from '../libvirt/usb-hostdev.ts';
import { proxyName } from '../config/proxy-name.ts';
import { reasonToLeave } from '../input/taking.ts';
import { isProxy } from '../system/input.ts';
import { usbDeviceText } from '../usb/selector.ts';
import { about, type Check, known, ok, problem, warning } from './check.ts';
import { inputSelected, usbSelected } from './selector-checks.ts';
import { shellWord } from './shell-word.ts';

export const inputChecks: Check[] = [
  {
    id: 'input.devices',
    title: 'Input devices',
    look: ({ devices }) =>
      known(devices, 'input', (input) => {
        const own = input.filter((device) => !isProxy(device) && reasonToLeave(device) === null);
        const keyboards = own.filter(({ kind }) => kind === 'keyboard');
        return keyboards.length === 0
          ? warning('There is no keyboard, on which chords could be heard.', {
              advice: 'Plug one in; without it seats move by `handglass give` alone.',
            })
          : ok(
              `There are ${keyboards.length} keyboards and ${own.length - keyboards.length} others to be chosen from.`,
            );
      }),
  },
  {
    id: 'input.rights',
    title: 'Right to read input devices',
    look: ({ devices, service }) => {
      if (service.hasUnits === false) return [];
      return known(devices, 'closedInput', (closed) =>
        closed.length === 0
          ? ok('The group input may read all of them.')
          : closed.map((path) =>
              about(
                path,
                warning('The group input may not read it, so the service cannot either.', {
                  // udev's own rules give groups to what is new alone.
                  remedy: `sudo udevadm trigger --action=add --settle ${shellWord(path)}`,
                  advice: 'Where that changes nothing, a rule of this machine closes it.',
                }),
              ),
            ),
      );
    },
  },
  inputSelected,
  {
    id: 'input.proxies',
    title: 'Devices that guests read',
    look: ({ configuration: { config }, service }) => {
      const seats = (config?.seats ?? []).filter(({ input }) => input.length > 0);
      if (service.hasSocket !== true || seats.length === 0) return [];
      return known(service, 'proxies', (proxies) => {
        const domains = [...new Set(seats.flatMap((seat) => seat.domains))];
        const missing = domains.filter(
          (domain) => !proxies.includes(`${proxyName(domain)}-keyboard`),
        );
        if (missing.length === 0) return ok('Each domain of a seat has its keyboard and pointer.');
        return missing.map((domain) =>
          about(
            domain,
            problem('The service runs and has made no input devices for this domain.', {
              remedy: 'sudo journalctl --unit handglass --lines 20',
              advice: 'It tells why; a restart of the service tries again.',
            }),
          ),
        );
      });
    },
  },
];

export const usbChecks: Check[] = [
  {
    id: 'usb.devices',
    title: 'USB devices',
    look: ({ devices }) =>
      known(devices, 'usb', (usb) => {
        const own = usb.filter(({ isHub }) => !isHub);
        return ok(own.length === 0 ? 'There are none.' : `There are ${own.length} USB devices.`);
      }),
  },
  {
    id: 'usb.drivers',
    title: 'USB devices without a driver',
    look: ({ devices, libvirt }) =>
      known(devices, 'usb', (usb) => {
        const running = libvirt.domains?.filter(({ isRunning }) => isRunning) ?? [];
        const lent = running.flatMap(({ xml }) => xml?.usb ?? []);
        // Sound, input and disks, for which the kernel itself has drivers.
        const left = usb.filter(
          (device) =>
            device.driverless.some((each) => ['01', '03', '08'].includes(each.class)) &&
            !lent.some((each) => isNamed(each, device)),
        );
        if (left.length === 0) return ok('Each has what it needs, or is of a kind of its own.');
        const mayBeLent = libvirt.domains?.every(({ isRunning }) => !isRunning) !== true;
        return left.map((device) => {
          const bind = device.driverless
            .map(({ name }) => `echo ${shellWord(name)} | sudo tee /sys/bus/usb/drivers_probe`)
            .join(' && ');
          return about(
            usbDeviceText(device),
            warning(
              device.drivers.length === 0
                ? 'No driver has it, as happens to what a killed guest had.'
                : 'No driver has a part of it, as happens to what a killed guest had.',
              mayBeLent
                ? {
                    advice: `What a guest has and does not use yet looks like that too: see \`handglass usb\`. If no guest has it: \`${bind}\`.`,
                  }
                : {
                    remedy: bind,
                    advice: 'Where that changes nothing, this kernel has no driver for it.',
                  },
            ),
          );
        });
      }),
  },
  usbSelected,
];
