/** What the host would have to do without, were a device given away. */
import type { PciUse } from '../system/pci-uses.ts';
import type { PciSurvey } from '../system/pci-survey.ts';
import type { DiskUse } from '../system/usb-disks.ts';
import { diskRefusal } from '../usb/refusals.ts';
import { shellWord } from './shell-word.ts';
import { isForVfio } from './vfio-drivers.ts';

export interface Loss {
  kind: PciUse['kind'];
  /** What it is, as the object of a sentence: `the display on HDMI-A-1`. */
  what: string;
  /** Why the host cannot do without it while that is so, in a few words; null where it can. */
  keeps: string | null;
  /** How the host can be made to do without. */
  remedy: string;
}

/** @param devices addresses that go together */
export function lossesOf(devices: readonly string[], survey: PciSurvey): Loss[] {
  const { byDevice } = survey.uses;
  const losses = devices
    .flatMap((address) =>
      (byDevice.get(address) ?? []).filter((use) => isLost(use, address, survey)),
    )
    .map((use) => lossOf(use, devices, survey));
  return [...Map.groupBy(losses, ({ what }) => what).values()].flatMap(([first]) => first ?? []);
}

/** Of a card that VFIO has, the firmware's screen stands still. */
function isLost({ kind }: PciUse, address: string, { devices }: PciSurvey): boolean {
  const driver = devices.find((each) => each.address === address)?.driver ?? null;
  return kind !== 'firmware-screen' || driver === null || !isForVfio(driver);
}

function lossOf(use: PciUse, devices: readonly string[], survey: PciSurvey): Loss {
  const { kind } = use;
  if (kind === 'display') {
    return {
      kind,
      what: `the display on ${use.connector.replace(/^card\d+-/, '')}`,
      keeps: 'a display of the host is on it',
      remedy:
        'Connect the displays of the host to another graphics card, or end its desktop first.',
    };
  }
  if (kind === 'firmware-screen') {
    const what = `the screen of the firmware (${use.name})`;
    if (hasOtherDisplay(survey, devices)) return harmless(kind, what);
    return {
      kind,
      what,
      keeps: 'the host shows on nothing else',
      remedy:
        'Have the host show on another graphics card first; it can do without one only where it is used over the network.',
    };
  }
  if (kind === 'disk') return diskLoss(use.use);
  if (kind === 'network') {
    const through = use.through === null ? '' : ` through ${use.through}`;
    return {
      kind,
      what: `the network on ${use.interface}${through}${use.isDefault ? ' (default route)' : ''}`,
      keeps: 'the network of the host goes with it',
      remedy: `Give the host another network interface than ${use.interface}, or take it down: \`sudo ip link set ${shellWord(use.interface)} down\`.`,
    };
  }
  if (kind === 'sound') return harmless(kind, `the sound card ${use.card}`);
  const what = kind === 'usb' ? use.name : `the ${use.what} ${use.name}`;
  if (kind !== 'input' || use.what !== 'keyboard' || hasOtherKeyboard(devices, survey)) {
    return harmless(kind, `${what} (USB port ${use.port})`);
  }
  return {
    kind,
    what: `${what} (USB port ${use.port})`,
    keeps: 'the only keyboard goes with it',
    remedy:
      'Plug the keyboard into a port of another controller (`handglass usb` shows them), or another keyboard into one.',
  };
}

function harmless(kind: Loss['kind'], what: string): Loss {
  return { kind, what, keeps: null, remedy: '' };
}

function diskLoss(use: DiskUse): Loss {
  const { reason, remedy } = diskRefusal(use);
  const isRoot = use.kind === 'mounted' && use.places.includes('/');
  return {
    kind: 'disk',
    what: reason.replace(/ is (a part of|mounted on|swap)/, ', $1'),
    keeps: isRoot ? 'the host runs from it' : 'a disk of the host goes with it',
    remedy: isRoot ? 'The host runs from a disk there, so it has to stay.' : remedy,
  };
}

/** Whether a display is connected to what stays. */
export function hasOtherDisplay({ uses }: PciSurvey, addresses: readonly string[]): boolean {
  return [...uses.byDevice].some(
    ([address, own]) => !addresses.includes(address) && own.some(({ kind }) => kind === 'display'),
  );
}

function hasOtherKeyboard(devices: readonly string[], { uses }: PciSurvey): boolean {
  if (uses.otherKeyboards.length > 0) return true;
  return [...uses.byDevice].some(
    ([address, own]) =>
      !devices.includes(address) &&
      own.some((use) => use.kind === 'input' && use.what === 'keyboard'),
  );
}
