/**
 * A soak: what befalls a seat, its domain and the service in a random order, and who is to have what
 * once all has come to rest. The seat has a keyboard, and by USB the mouse and the stick, wherever
 * they are, and what is in the twin port: the mouse or a keyboard of the same vendor and product.
 */

export type Owner = 'host' | 'win10';
export type Device = 'mouse' | 'stick' | 'keyboard2';

export type Step =
  /** By the command line. */
  | { kind: 'give'; to: Owner }
  | { kind: 'unplug'; device: Device }
  | { kind: 'plug'; device: Device; into: number }
  /** Takes up so many of the domain's USB ports. */
  | { kind: 'fill'; count: number }
  | {
      kind:
        | 'chord'
        | 'panic'
        /** Mouse and second keyboard, each into the other's port. */
        | 'swap'
        | 'empty'
        | 'pause'
        | 'resume'
        | 'kill QEMU'
        | 'start domain'
        | 'kill libvirtd'
        | 'start libvirtd';
    }
  /** What is done before it runs again, it has to find out. */
  | { kind: 'kill service'; meanwhile: Step | null }
  /** A chord, and a fault so long after it: how far it has got then is chance. The host has the seat in the end. */
  | { kind: 'clash'; fault: Step; afterMs: number };

export interface Desk {
  domain: 'running' | 'paused' | 'shut off';
  isLibvirtUp: boolean;
  /** Who has the seat's keyboard. */
  input: Owner;
  /** The ports of the devices that are plugged in. */
  ports: ReadonlyMap<Device, number>;
  /** What the domain has. */
  held: ReadonlySet<Device>;
  /** With the host since before the service has run: it stays there until somebody gives the seat. */
  left: ReadonlySet<Device>;
  /** The domain keeps the seat when its last device is pulled out, unless one is left with the host. */
  isKept: boolean;
  /** Ports of the domain that something else has. */
  filled: number;
  /** Of the last chord that has not moved the seat, where nothing has moved it since: why, and where to. */
  failure: { code: string; to: Owner } | null;
}

export const mousePort = 2;
export const twinPort = 3;
export const stickPort = 4;
/** Of the domain; one is left when all devices of the seat are there. */
export const domainPorts = 4;

export const deskAtStart: Desk = {
  domain: 'running',
  isLibvirtUp: true,
  input: 'host',
  ports: new Map([
    ['mouse', mousePort],
    ['keyboard2', twinPort],
    ['stick', stickPort],
  ]),
  held: new Set(),
  left: new Set(),
  isKept: false,
  filled: 0,
  failure: null,
};

export function ownerOf(desk: Desk): Owner {
  const hasLeft = seatDevices(desk).some((device) => desk.left.has(device));
  const isKept = desk.isKept && !hasLeft;
  return desk.input === 'win10' || desk.held.size > 0 || isKept ? 'win10' : 'host';
}

/** What the seat's selectors name and is plugged in, in their order. */
export function seatDevices({ ports }: Desk): Device[] {
  const named: Device[] = ['mouse', 'stick', 'keyboard2'];
  return named.filter((device) => {
    const port = ports.get(device);
    return port !== undefined && (device !== 'keyboard2' || port === twinPort);
  });
}

/** What is to go to the domain, which has no port for it. */
export function waitingDevices(desk: Desk): Device[] {
  if (ownerOf(desk) === 'host') return [];
  return seatDevices(desk).filter((device) => !desk.held.has(device) && !desk.left.has(device));
}

/** Why the seat cannot be given, if so. */
export function refusalOf(desk: Desk, to: Owner): string | null {
  // The keyboard comes in any case, and what is here has not to come.
  const isHome = ownerOf({ ...desk, input: 'host' }) === 'host';
  if (!desk.isLibvirtUp && !(to === 'host' && isHome)) return 'libvirt-unavailable';
  if (to === 'host') return null;
  if (desk.domain === 'shut off') return 'domain-not-running';
  const coming = seatDevices(desk).filter((device) => !desk.held.has(device));
  return coming.length > freePorts(desk) ? 'device-refused' : null;
}

/** The desk once the step has been done and all has come to rest. */
export function deskAfter(before: Desk, step: Step): Desk {
  return atRest(changed(before, step));
}

function changed(desk: Desk, step: Step): Desk {
  switch (step.kind) {
    case 'give': {
      const failure = refusalOf(desk, step.to) === null ? null : desk.failure;
      return { ...given(desk, step.to), failure };
    }
    case 'chord': {
      const to = targetOfChord(desk);
      const code = refusalOf(desk, to);
      return { ...given(desk, to), failure: code === null ? null : { code, to } };
    }
    case 'panic': {
      const code = refusalOf(desk, 'host');
      return { ...given(desk, 'host'), failure: code === null ? null : { code, to: 'host' } };
    }
    case 'unplug':
      return unplugged(desk, step.device);
    case 'plug':
      return plugged(desk, step.device, step.into);
    case 'swap': {
      const [mouse = 0, keyboard2 = 0] = [desk.ports.get('mouse'), desk.ports.get('keyboard2')];
      const none = unplugged(unplugged(desk, 'mouse'), 'keyboard2');
      return plugged(plugged(none, 'mouse', keyboard2), 'keyboard2', mouse);
    }
    case 'fill':
      return { ...desk, filled: desk.filled + step.count };
    case 'empty':
      return { ...desk, filled: 0 };
    case 'pause':
      return { ...home(desk), domain: 'paused' };
    case 'resume':
    case 'start domain':
      return { ...desk, domain: 'running' };
    case 'kill QEMU':
      return { ...home(desk), domain: 'shut off', filled: 0 };
    case 'kill service':
      return restarted(step.meanwhile === null ? desk : changed(desk, step.meanwhile), desk);
    case 'clash':
      return given(afterFault(desk, step.fault), 'host');
    case 'kill libvirtd':
      return { ...desk, isLibvirtUp: false };
    case 'start libvirtd':
  }
  const up = { ...desk, isLibvirtUp: true };
  // A chord that could bring it home only in part is completed now.
  return desk.failure?.to === 'host' ? { ...given(up, 'host'), failure: null } : up;
}

/** Of a clash: who has the seat is not known, and libvirt is there again. */
export function afterFault(desk: Desk, fault: Step): Desk {
  return { ...changed(desk, fault), failure: null, isLibvirtUp: true };
}

/**
 * Who has the seat, whether that is paused, and where it has had devices until they were pulled out, is all that
 * a service which starts can see.
 */
function restarted(now: Desk, before: Desk): Desk {
  const desk = now.domain === 'paused' ? home(now) : now;
  const lent = new Set([...before.held].map((device) => before.ports.get(device)));
  const left = seatDevices(desk).filter(
    (device) => !desk.held.has(device) && !lent.has(desk.ports.get(device)),
  );
  return { ...desk, input: 'host', isKept: false, left: new Set(left), failure: null };
}

/** A seat that cannot be brought back has its keyboard back all the same. */
function given(desk: Desk, to: Owner): Desk {
  const input = to === 'host' ? 'host' : desk.input;
  if (refusalOf(desk, to) !== null) return { ...desk, input };
  const held = new Set(to === 'host' ? [] : seatDevices(desk));
  return { ...desk, input: to, held, left: new Set(), isKept: false };
}

/** By itself: whoever has the seat does not keep it. */
function home(desk: Desk): Desk {
  return ownerOf(desk) === 'host' ? desk : { ...given(desk, 'host'), failure: null };
}

function unplugged(desk: Desk, device: Device): Desk {
  const ports = new Map(desk.ports);
  ports.delete(device);
  const gone = new Set([device]);
  return {
    ...desk,
    ports,
    held: desk.held.difference(gone),
    left: desk.left.difference(gone),
  };
}

function plugged(desk: Desk, device: Device, port: number): Desk {
  return { ...desk, ports: new Map([...desk.ports, [device, port]]) };
}

/** What has come, or has a port now, goes to the domain by itself. */
function atRest(desk: Desk): Desk {
  if (!desk.isLibvirtUp) return desk;
  const arrived = waitingDevices(desk).slice(0, freePorts(desk));
  return {
    ...desk,
    held: desk.held.union(new Set(arrived)),
    isKept: ownerOf(desk) === 'win10',
  };
}

/** Of a domain that runs. */
export function freePorts({ domain, held, filled }: Desk): number {
  return domain === 'shut off' ? 0 : domainPorts - held.size - filled;
}

export function targetOfChord(desk: Desk): Owner {
  return ownerOf(desk) === 'host' ? 'win10' : 'host';
}

export function textOf(step: Step): string {
  const words = Object.values(step).filter((word) => word !== null);
  return words.map((word) => (typeof word === 'object' ? textOf(word) : word)).join(' ');
}
