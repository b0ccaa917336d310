/** The port to event devices, and the terms in which it is told what to do with them. */
export interface OpenSwitchboard {
  /**
   * Starts the thread that listens to event devices. The listener is called between the program's
   * other work, and does not keep the process alive. Whoever opens the switchboard keeps it: one
   * that is garbage-collected is closed.
   *
   * @param realtime asks for SCHED_FIFO; without the right to it the switchboard does without
   */
  openSwitchboard(listener: (event: SwitchboardEvent) => void, realtime: boolean): Switchboard;
}

/**
 * Event devices, the chords recognised on them, and the proxies to which what they say is forwarded,
 * by a thread of its own, even while JavaScript is blocked. Devices and proxies are numbers that are
 * never given again; seats, targets and chords are numbered by the caller, target 0 is the host.
 * Methods throw an error with `code` (the errno) and `syscall`; `EBADF` after `close`.
 */
export interface Switchboard {
  /** Whether its threads run under SCHED_FIFO. */
  readonly realtime: boolean;
  /**
   * Opens an event device node and listens to it. Keys that are down already count as held.
   * `ENOTTY` when the path is no event device, `EMFILE` when 64 are open.
   */
  open(path: string): number;
  /** What a device can send, in a form for `createProxy` that may be kept in a file. */
  capabilities(device: number): Buffer;
  /** Lets a device go; no event of it follows. One that is not open is ignored. */
  closeDevice(device: number): void;
  /**
   * Makes a uinput device. `EMFILE` when there are 63; `EINVAL` for capabilities of another version.
   *
   * @param name and `phys` are what the kernel says of it: at most 79 bytes each
   */
  createProxy(name: string, phys: string, like: 'keyboard' | 'pointer' | Buffer): number;
  /**
   * Takes over the two descriptors of a proxy of a former process, and releases the keys that are
   * held on it.
   */
  adoptProxy(uinput: number, node: number): number;
  /**
   * The name of its folder in /sys/devices/virtual/input, which holds its event device.
   */
  proxyFolder(proxy: number): string;
  /** Opens the event device of a proxy; until then nobody is heard on it. `EACCES` before udev is done. */
  openNode(proxy: number, path: string): void;
  /** The descriptors of a proxy, which stay the switchboard's; the node's is -1 before `openNode`. */
  descriptors(proxy: number): { uinput: number; node: number };
  /** How many events a proxy has been sent so far; 0 for one that there is not. */
  written(proxy: number): number;
  /** The process whose end sends a target's seats back; 0 for none. `ESRCH` when it has ended. */
  watchProcess(target: number, pid: number): void;
  /**
   * Puts a whole table in place of the last one, between two reports. Keys that are held stay held,
   * and none of them fires a chord. A chord of the last table that was recognised just before may
   * still be reported after. `E2BIG`: beyond 64 routes, 16 seats, 16 targets, 64 chords or 8 keys in
   * a chord; `EINVAL`: no key code, a key or a device twice, a chord without keys.
   */
  apply(table: SwitchboardTable): void;
  /**
   * Sends a seat to a target; to a domain only if the seat's `turn` is still this one, else it
   * returns false. What comes of it is told by `moved` or `refused`; from the host it waits until
   * all keys of the seat are up. A seat that is sent to its owner stays.
   */
  move(seat: number, target: number, turn: number): boolean;
  /** Everything goes back to the host for good after this time; 0 takes that back. */
  tryFor(ms: number): void;
  /**
   * Gives every device back, ends the thread and closes all. The listener is never called again. May
   * be repeated.
   */
  close(): void;
}

export interface SwitchboardTable {
  /**
   * Which seat a device belongs to, and the proxy that takes all of it for each target (0 or nothing:
   * none). A device without a route is listened to in vain.
   */
  routes: readonly { device: number; seat: number; clones: readonly number[] }[];
  /** The proxies for keys and for buttons and motion; 0 for none. */
  targets: readonly { keyboard: number; pointer: number }[];
  /**
   * `swallow`: always taken, so that the host gets it from proxies too. `direct`: a chord may send it
   * to a domain by itself.
   */
  seats: readonly { swallow: boolean; direct: boolean }[];
  chords: readonly SwitchboardChord[];
}

export interface SwitchboardChord {
  id: number;
  seat: number;
  /** Linux key codes (`KEY_LEFTCTRL` is 29), down together on the seat's devices, in any order. */
  keys: readonly number[];
  /** 2: the one key, twice. */
  taps: 1 | 2;
  holdMs: number;
  /** Whether the press that makes it whole is kept from whoever has the seat. */
  swallow: boolean;
  /** Sends every seat to the host. */
  panic: boolean;
  /** The targets that it goes through; to the host at once, to a domain where the seat is `direct`. */
  targets: readonly number[];
}

export type SwitchboardEvent =
  /** `target` is where the seat is to go; it has been sent there already, or is for others to send. */
  | { kind: 'chord'; id: number; seat: number; target: number }
  /** A seat has a new owner. Of several moves in a row the last is told. */
  | { kind: 'moved'; seat: number; target: number; turn: number; why: MoveReason }
  /** A seat stays where it is, or a device of it does (0: none); `code`: `EBUSY`, or `deaf`. */
  | { kind: 'refused'; seat: number; target: number; device: number; code: string }
  | { kind: 'panic' }
  /** The device was unplugged (`ENODEV`) or cannot be read; it is closed already. */
  | { kind: 'gone'; device: number; code: string };

/** `death`: the domain's process ended. `deaf`: nobody holds the domain's proxies any more. */
export type MoveReason = 'asked' | 'chord' | 'panic' | 'death' | 'deaf' | 'trial';
