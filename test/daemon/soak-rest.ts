/** What is wrong with a machine that is to be at rest after a step of a soak. */
import type { DeviceState, State } from '../../src/server/protocol.ts';
import {
  type Desk,
  type Device,
  type Owner,
  ownerOf,
  seatDevices,
  twinPort,
  waitingDevices,
} from './soak-desk.ts';

export interface Facts {
  /** The service's, or the code of its failure. */
  status: State | string;
  /** The domain's XML as it runs, and as it is kept; null while libvirt does not say it. */
  live: string | null;
  stored: string | null;
  /** What QEMU says of its USB devices; null while it does not run. */
  infoUsb: string | null;
  /** What this machine has, with the driver of each interface. */
  usb: { serial: string; port: string; bus: number; device: number; drivers: (string | null)[] }[];
  /** Names of input devices and disks that stay the same. */
  nodes: string[];
  /** The last line of `handglass watch --json`, and where its lines told no story. */
  told: State | null;
  disorder: string[];
}

/** Empty where every device is where the desk has it and nothing else is left anywhere. */
export function complaintsOf(facts: Facts, desk: Desk): string[] {
  const found = desk.isLibvirtUp
    ? [...devicesInDomain(facts, desk), ...ourTraces(facts, desk)]
    : [];
  return [...onHost(facts, desk), ...found, ...status(facts, desk), ...storyIn(facts)];
}

/**
 * The same where a fault has met a handoff: who has the seat is what the service says, and it is whole.
 *
 * @param desk after the fault, whoever has the seat then
 * @param mayBeHalf of a service that was killed itself: a later one leaves each device where it is
 */
export function complaintsAfterClash(facts: Facts, desk: Desk, mayBeHalf: boolean): string[] {
  if (typeof facts.status === 'string') return [`the service says ${facts.status}`];
  const [seat] = facts.status.seats;
  const there = (seat?.devices ?? []).filter(({ with: holder }) => holder === 'win10');
  const isThere = (wanted: string) => there.some(({ selector }) => selector === wanted);
  const own = seatDevices(desk);
  const held = new Set(own.filter((device) => isThere(selectors[device])));
  const input: Owner = isThere('KBD1') ? 'win10' : 'host';
  const isWhole = held.size === (input === 'host' ? 0 : own.length);
  const found = { ...desk, held, input };
  return [
    ...(seat?.moving === false ? [] : ['the seat moves']),
    ...(isWhole || mayBeHalf ? [] : [`all that is with win10 is ${there.map(textOf).join(', ')}`]),
    ...onHost(facts, found),
    ...devicesInDomain(facts, found),
    ...ourTraces(facts, found),
    ...storyIn(facts),
  ];
}

const selectors: Record<Device, string> = {
  mouse: 'MOUSE1',
  stick: '46f4:0001',
  keyboard2: `1-${twinPort}`,
};
const serials: Record<Device, string> = { mouse: 'MOUSE1', keyboard2: 'KBD2', stick: 'STICK1' };
const devices = ['mouse', 'keyboard2', 'stick'] as const;

function onHost({ usb, nodes }: Facts, { ports, held }: Desk): string[] {
  const lent = new Set([...held].map((device) => serials[device]));
  const plugged = devices
    .map((device) => usb.find(({ serial }) => serial === serials[device]))
    .filter((found) => found !== undefined);
  const wrong = usb.filter(({ serial, drivers }) => !areRight(drivers, lent.has(serial)));
  return [
    ...difference(
      'ports',
      plugged.map(({ serial, port }) => `${serial} ${port.replace(/.*-/, '')}`),
      [...ports].map(([device, port]) => `${serials[device]} ${port}`),
    ),
    ...difference(
      'nodes',
      devices.filter((device) => nodes.some((name) => name.includes(serials[device]))),
      [...ports.keys()].filter((device) => !held.has(device)),
    ),
    ...wrong.map(({ serial, port, drivers }) => {
      const names = drivers.map((driver) => driver ?? 'nothing').join(' and ');
      return `the driver of ${serial} (${port}) is ${names || 'nothing'}`;
    }),
  ];
}

/** QEMU has a device's interfaces once its guest wants them, and before that nobody. */
function areRight(drivers: readonly (string | null)[], isLent: boolean): boolean {
  if (isLent) return drivers.every((driver) => driver === null || driver === 'usbfs');
  return drivers.length > 0 && !drivers.includes(null) && !drivers.includes('usbfs');
}

/** Libvirt's XML and QEMU have what is held, by our alias and its address of now, and no other. */
function devicesInDomain({ live, infoUsb, usb }: Facts, { held, domain }: Desk): string[] {
  const expected = [...held]
    .map((device) => usb.find(({ serial }) => serial === serials[device]))
    .filter((found) => found !== undefined)
    .map((found) => ({ ...found, alias: `ua-handglass-${found.port}` }));
  const hostdevs = [...(live ?? '').matchAll(/<hostdev .*?<\/hostdev>/gs)].map(
    ([xml]) =>
      `${/alias name='(.*?)'/.exec(xml)?.[1]} ${/address bus='(\d+)' device='(\d+)'/.exec(xml)?.slice(1).join(':')}`,
  );
  const plugged = [...(infoUsb ?? '').matchAll(/ID: (ua-handglass\S+)/g)].map(([, id]) => id);
  return [
    ...(live === null ? ['libvirt does not say what the domain has'] : []),
    ...((infoUsb === null) === (domain === 'shut off') ? [] : ['QEMU runs, or does not']),
    ...difference(
      'libvirt',
      hostdevs,
      expected.map(({ alias, bus, device }) => `${alias} ${bus}:${device}`),
    ),
    ...difference(
      'QEMU',
      plugged,
      expected.map(({ alias }) => alias),
    ),
  ];
}

function ourTraces({ live, stored }: Facts, { held }: Desk): string[] {
  const inLive = (live?.match(/ua-handglass/g) ?? []).length;
  return [
    ...(stored?.includes('<hostdev') === false ? [] : ['the stored XML has a device']),
    ...(inLive === held.size ? [] : [`the live XML names ${inLive} devices of ours`]),
  ];
}

function status({ status: state }: Facts, desk: Desk): string[] {
  if (typeof state === 'string') return [`the service says ${state}`];
  const [seat] = state.seats;
  const [domain] = state.domains;
  return [
    ...difference('the seat', [`${seat?.owner} ${seat?.moving}`], [`${ownerOf(desk)} false`]),
    ...difference('the seat', seat?.devices.map(textOf) ?? [], devicesOf(desk)),
    ...difference(
      'problems',
      awayOnce(state.problems.map(({ code }) => code)),
      awayOnce(problemsOf(desk)),
    ),
    // While libvirt is away, its last word stands.
    ...(desk.isLibvirtUp ? difference('win10', [domain?.state], [desk.domain]) : []),
  ];
}

function textOf({ selector, present, with: holder }: DeviceState): string {
  return `${selector} ${present ? holder : 'absent'}`;
}

function devicesOf(desk: Desk): string[] {
  const holder = (device: Device) => (desk.held.has(device) ? 'win10' : 'host');
  const own = new Set(seatDevices(desk));
  const inTwin = devices.find((device) => desk.ports.get(device) === twinPort);
  const usb: [string, Device | undefined][] = [
    [selectors.mouse, own.has('mouse') ? 'mouse' : undefined],
    [selectors.stick, own.has('stick') ? 'stick' : undefined],
    [selectors.keyboard2, inTwin],
  ];
  return [
    `KBD1 ${desk.input}`,
    ...usb.map(([text, device]) => `${text} ${device === undefined ? 'absent' : holder(device)}`),
  ];
}

/** Who reads the story alone knows how it is. */
function storyIn({ status: state, told, disorder }: Facts): string[] {
  const isTold = JSON.stringify(told) === JSON.stringify(state);
  return [...(isTold ? [] : ['watch has not told what status says']), ...disorder];
}

/** What waits for a port is a problem of its own each; while libvirt is away, none is found. */
export function problemsOf(desk: Desk): string[] {
  return [
    ...(desk.isLibvirtUp ? waitingDevices(desk).map(() => 'device-refused') : []),
    ...(desk.isLibvirtUp ? [] : [away]),
    ...(desk.failure === null ? [] : [desk.failure.code]),
  ];
}

const away = 'libvirt-unavailable';

/** What is away is told once, unless it says so in other words to whoever asks later. */
function awayOnce(codes: readonly string[]): string[] {
  return codes.filter((code, index) => code !== away || codes.indexOf(code) === index);
}

function difference(
  where: string,
  found: readonly (string | undefined)[],
  expected: readonly string[],
): string[] {
  const [is, must] = [found, expected].map((each) =>
    [...each]
      .map(String)
      .toSorted((a, b) => a.localeCompare(b))
      .join(', '),
  );
  return is === must ? [] : [`${where}: ${is} in place of ${must}`];
}
