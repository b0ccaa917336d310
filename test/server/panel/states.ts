/** Whole states, each with something that a page may get wrong. */
import type { DeviceState, SeatState, State } from '../../../src/server/protocol.ts';
import { lookingGlassFile, seat } from '../support.ts';

const keyboard = device('input', 'usb-Keychron_Keychron_K8-event-kbd', 'Keychron K8');
const mouse = device('usb', '1532:0037', 'Razer DeathAdder');
const stick = device('usb', '1-2.3', '', { present: false, with: null });

const desk = seat('desk', { devices: [keyboard, mouse, stick] });

export const states = {
  'with the host': stateOf([desk]),

  'in a domain': stateOf([ownedBy('win10', desk)]),

  moving: stateOf([
    {
      ...desk,
      moving: true,
      move: { number: 3, to: 'win10', why: 'chord', failure: null },
    },
  ]),

  'with problems': {
    ...stateOf([
      {
        ...desk,
        domains: ['win10', 'linux'],
        move: {
          number: 4,
          to: 'win10',
          why: 'command line',
          failure:
            'Razer DeathAdder (port 1-2) was not attached: the USB controller of win10 has no free port.',
        },
        devices: [
          keyboard,
          {
            ...mouse,
            with: null,
            problem: 'It is without a driver. Unplug it, and plug it in again.',
          },
        ],
      },
    ]),
    domains: [
      { name: 'win10', state: 'running' },
      { name: 'linux', state: 'shut off' },
    ],
    lookingGlass: [
      lookingGlassFile({ fileMib: 32, host: 'dead' }),
      lookingGlassFile({
        domain: 'linux',
        path: '/dev/shm/looking-glass-2',
        fileMib: null,
        present: false,
        host: 'none',
      }),
    ],
    problems: [
      {
        code: 'libvirt-unavailable',
        message: 'Libvirt cannot be asked: nobody listens at qemu:///system.',
        remedy: 'Start it with `sudo systemctl start libvirtd`.',
      },
      {
        code: 'input-unavailable',
        message: 'The selector "Logitech" names no input device.',
        remedy: '`handglass input` lists what is there.',
      },
    ],
    waiting: [
      {
        code: 'address-absent',
        message: 'Guests cannot connect yet: this machine has no network interface virbr0.',
        remedy: 'Nothing is to be done where libvirt is only starting its network.',
      },
    ],
  },

  'long names': stateOf([
    ownedBy(
      'windows-11-enterprise-ltsc-for-work-and-games_with-the-second-gpu',
      seat('the-standing-desk-beside-the-window-on-the-second-floor', {
        domains: ['windows-11-enterprise-ltsc-for-work-and-games_with-the-second-gpu', 'w'],
        devices: [
          device(
            'input',
            'usb-Hewlett_Packard_Enterprise_Multimedia_Slim_Keyboard_0123456789ABCDEF-event-kbd',
            'Hewlett Packard Enterprise Multimedia Slim Keyboard with Fingerprint Reader',
          ),
        ],
      }),
    ),
  ]),

  'many devices': stateOf([
    {
      ...desk,
      domains: ['win10', 'linux', 'macos', 'win7', 'haiku'],
      devices: Array.from({ length: 24 }, (_, index) =>
        device('usb', `1-${index + 1}`, `USB device ${index + 1}`),
      ),
    },
    ownedBy('linux', seat('couch', { domains: ['linux', 'win10'] })),
    seat('lab', { devices: [] }),
  ]),

  nothing: { ...stateOf([]), domains: [], lookingGlass: [], guests: [] },
} satisfies Record<string, State>;

function stateOf(seats: SeatState[]): State {
  const names = new Set(seats.flatMap(({ domains }) => domains));
  return {
    number: 0,
    time: '',
    version: '0.1.0',
    seats,
    domains: [...names].map((name) => ({ name, state: 'running' })),
    lookingGlass: [lookingGlassFile()],
    guests: [],
    problems: [],
  };
}

function device(
  kind: DeviceState['kind'],
  selector: string,
  name: string,
  changes: Partial<DeviceState> = {},
): DeviceState {
  return { kind, selector, name, present: true, with: 'host', problem: null, ...changes };
}

function ownedBy(owner: string, held: SeatState): SeatState {
  const devices = held.devices.map((each) => ({ ...each, with: each.present ? owner : null }));
  return { ...held, owner, devices };
}
