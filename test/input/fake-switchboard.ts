import type { Notify } from '../../src/host/ports.ts';
import type {
  OpenSwitchboard,
  Switchboard,
  SwitchboardEvent,
  SwitchboardTable,
} from '../../src/host/switchboard-port.ts';

export interface FakeSwitchboard extends OpenSwitchboard, Notify {
  /** The devices that are open now, by path. */
  opened: Map<string, number>;
  /** Every path that was tried, of devices and of proxies' nodes, in order. */
  tried: string[];
  /**
   * What fails, with the errno: paths of devices and of proxies' nodes, `/dev/uinput`, where a proxy
   * is said to be, `adopted` for proxies that were kept, `notify`, `capabilities`.
   */
  refused: Map<string, string>;
  /** What devices can send, by path. */
  capabilities: Map<string, Buffer>;
  /** The table that was applied last. */
  table: SwitchboardTable | null;
  /** Every proxy that was made or adopted, by its number. */
  proxies: Map<number, FakeProxy>;
  /** Every move, as `seat 0 to 1 in turn 2`, and whether they are accepted. */
  moves: string[];
  accepts: boolean;
  /** The process behind each target. */
  pids: Map<number, number>;
  /** The times given to `tryFor`. */
  trials: number[];
  closed: boolean;
  /** What the service manager has kept. */
  kept: { name: string; fd: number }[];
  /** What it was told, lines joined by a space, and the descriptors that it was given. */
  told: string[];
  closedDescriptors: number[];
  emit: (event: SwitchboardEvent) => void;
  /** The device is unplugged. */
  pull: (path: string) => void;
}

/** Of `struct capabilities`. */
export const capabilitiesSize = 1664;

interface FakeProxy {
  /** Empty for one that was adopted. */
  phys: string;
  name: string;
  like: unknown;
  uinput: number;
  node: number;
  written: number;
}

/** A switchboard without a thread or devices, and a service manager, for what is done with them. */
export function fakeSwitchboard(): FakeSwitchboard {
  let number = 0;

  function tryOpen(path: string): void {
    fake.tried.push(path);
    refuse(path, 'open');
  }

  function refuse(what: string, syscall: string): void {
    const code = fake.refused.get(what);
    if (code !== undefined) throw Object.assign(new Error(`${code}, ${syscall}`), { code });
  }

  function add(proxy: Partial<FakeProxy> & { uinput: number }): number {
    fake.proxies.set(number, { phys: '', name: '', like: null, node: -1, written: 0, ...proxy });
    return number;
  }

  function proxyOf(proxy: number): FakeProxy {
    const found = fake.proxies.get(proxy);
    if (found === undefined) throw Object.assign(new Error('EBADF'), { code: 'EBADF' });
    return found;
  }

  const switchboard: Switchboard = {
    realtime: true,
    open(path) {
      tryOpen(path);
      number += 1;
      fake.opened.set(path, number);
      return number;
    },
    capabilities(device) {
      refuse('capabilities', 'EVIOCGBIT');
      const path = [...fake.opened].find(([, each]) => each === device)?.[0] ?? '';
      return fake.capabilities.get(path) ?? Buffer.alloc(capabilitiesSize);
    },
    closeDevice(device) {
      for (const [path, each] of fake.opened) if (each === device) fake.opened.delete(path);
    },
    createProxy(name, phys, like) {
      refuse('/dev/uinput', 'open');
      refuse(phys, 'createProxy');
      if ([name, phys].some((text) => Buffer.byteLength(text) > 79))
        throw new TypeError('too long');
      number += 1;
      return add({ name, phys, like, uinput: 100 + 2 * number });
    },
    adoptProxy(uinput, node) {
      refuse('adopted', 'EVIOCGKEY');
      number += 1;
      return add({ uinput, node });
    },
    proxyFolder: (proxy) => `input${proxy}`,
    openNode(proxy, path) {
      tryOpen(path);
      proxyOf(proxy).node = proxyOf(proxy).uinput + 1;
    },
    descriptors: (proxy) => ({ uinput: proxyOf(proxy).uinput, node: proxyOf(proxy).node }),
    written: (proxy) => fake.proxies.get(proxy)?.written ?? 0,
    watchProcess(target, pid) {
      refuse(`pid ${pid}`, 'pidfd_open');
      fake.pids.set(target, pid);
    },
    apply(table) {
      fake.table = table;
    },
    move(seat, target, turn) {
      fake.moves.push(`seat ${seat} to ${target} in turn ${turn}`);
      return fake.accepts;
    },
    tryFor: (ms) => void fake.trials.push(ms),
    close() {
      fake.closed = true;
    },
  };

  const fake: FakeSwitchboard = {
    opened: new Map(),
    tried: [],
    refused: new Map(),
    capabilities: new Map(),
    table: null,
    proxies: new Map(),
    moves: [],
    accepts: true,
    pids: new Map(),
    trials: [],
    closed: false,
    kept: [],
    told: [],
    closedDescriptors: [],
    emit: () => {},
    pull(path) {
      const device = fake.opened.get(path) ?? 0;
      fake.opened.delete(path);
      fake.emit({ kind: 'gone', device, code: 'ENODEV' });
    },
    openSwitchboard(listener) {
      fake.emit = listener;
      return switchboard;
    },
    notify(state, descriptors = []) {
      refuse('notify', 'sendmsg');
      fake.told.push([...state.split('\n'), ...descriptors].join(' '));
      return true;
    },
    inherited: () => fake.kept.splice(0),
    closeDescriptor: (fd) => void fake.closedDescriptors.push(fd),
  };
  return fake;
}
