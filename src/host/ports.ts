/**
 * What Handglass needs of the machine, one small interface per ability. Functions ask for the
 * intersection they use; only the two `main.ts` hand over the real implementations beside this
 * file. Unless it says otherwise, a method rejects with Node's own error (`code` is the errno).
 */

/** What lies at a path. Links are not followed. */
export interface FileFacts {
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes. */
  size: number;
  /** Bytes of memory or disk that it occupies; fewer than its size where it has holes. */
  allocated: number;
  /** The twelve permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Device and inode number: together the file's identity while it exists. */
  dev: number;
  ino: number;
}

export interface ReadFiles {
  readText(path: string): Promise<string>;
  /** Names in a folder, sorted. */
  listFolder(path: string): Promise<string[]>;
  /** A link's text as it stands, unresolved. */
  readLink(path: string): Promise<string>;
  /** The absolute path with every link resolved. */
  realPath(path: string): Promise<string>;
  factsOf(path: string): Promise<FileFacts>;
}

export interface WriteFiles {
  /** Puts a whole new file in place of what is there, so that a reader sees the old or the new one. */
  replaceFile(path: string, text: string, mode: number): Promise<void>;
}

export interface MakeFile {
  /**
   * Makes a whole new file; fails with `EEXIST` where anything is there, and leaves nothing behind
   * where it could not be completed.
   */
  makeFile(path: string, content: Buffer, mode: number): Promise<void>;
}

export interface MakeFolder {
  /** Makes a folder of this mode, and those above it, where they are not there yet. */
  makeFolder(path: string, mode: number): Promise<void>;
}

export interface MakeTemporary {
  /** Makes a folder that only this user may enter. Whoever made it removes it. */
  makeTemporaryFolder(): Promise<string>;
  copyFile(from: string, to: string): Promise<void>;
  /** With all that is in it. */
  removeFolder(path: string): Promise<void>;
}

export interface WriteAttribute {
  /** Gives the kernel a text by a file of sysfs, in one write; the file has to be there. */
  writeAttribute(path: string, text: string): Promise<void>;
}

export interface WatchFolder {
  /**
   * Calls back after anything in a folder has come, gone, or changed its rights, until the signal is
   * aborted or the folder itself goes. Throws `ENOENT` where there is none.
   */
  watchFolder(path: string, listener: () => void, signal: AbortSignal): void;
}

export interface SetMode {
  /** Sets the permission bits of what lies at a path. A link is followed. */
  setMode(path: string, mode: number): Promise<void>;
}

/** An open file. Whoever opened it closes it. */
export interface OpenFile {
  facts(): Promise<FileFacts>;
  /** Up to `length` bytes from `offset`; fewer only where the file ends. */
  read(offset: number, length: number): Promise<Buffer>;
  setOwner(uid: number, gid: number): Promise<void>;
  setMode(mode: number): Promise<void>;
  /** Cuts or extends the file. */
  setSize(bytes: number): Promise<void>;
  /** Allocates the memory or blocks of the first `bytes`, so that writing there cannot fail later. */
  reserve(bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface OpenFiles {
  /**
   * Opens without following a link in the last place (`ELOOP`) and without waiting for a pipe's
   * other end. `create` makes a new file, mode 0600, and fails with `EEXIST` where anything is there.
   */
  openFile(path: string, how: 'read' | 'write' | 'create'): Promise<OpenFile>;
  /** Takes a file's name away, or a link itself. Whoever has the file open or mapped keeps all of it. */
  removeFile(path: string): Promise<void>;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  /** Null when a signal or the time limit ended it. */
  exitCode: number | null;
  timedOut: boolean;
}

export interface RunOptions {
  /** Given to its standard input, which is then closed. */
  input?: string;
  /** Milliseconds until it is ended; 30 000 unless told. */
  timeoutMs?: number;
}

export interface Run {
  /**
   * Runs a program without a shell, in the C locale, and waits for it. A program that fails is a
   * result, not an error; one that cannot be started rejects with `ENOENT` or `EACCES`.
   */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
}

export interface Follow {
  /**
   * The lines that a program prints, as they come, until it ends; then rejects with what it said on
   * its standard error. Aborting the signal ends the program, and the lines, without an error.
   */
  follow(command: string, args: readonly string[], signal: AbortSignal): AsyncIterable<string>;
}

export interface Converse {
  /**
   * Starts a program, without a shell and in the C locale, that is talked with until it ends; what
   * it prints is told as it comes, in pieces that end anywhere.
   */
  converse(
    command: string,
    args: readonly string[],
    heard: (stream: 'stdout' | 'stderr', text: string) => void,
  ): Conversation;
}

export interface Connect {
  /**
   * Connects to the unix socket at a path; what the other end says is told as it comes, in pieces
   * that end anywhere. Rejects with `ENOENT`, `ECONNREFUSED` where nobody listens, or `EACCES`.
   */
  connect(path: string, heard: (text: string) => void): Promise<Conversation>;
}

/** A program that runs, or a connection. Whoever started it ends it. */
export interface Conversation {
  /** Gives text to its standard input, or the other end; once it has ended, to nobody. */
  say(text: string): void;
  /** Kills the program, or closes the connection. May be repeated. */
  end(): void;
  /**
   * Resolves when it has ended and all that it said has been told, however it ended; rejects with
   * `ENOENT` or `EACCES` when a program could not be started.
   */
  ended: Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface ReadInterfaces {
  /**
   * The IP addresses of a network interface, none while it is down; null where there is no such
   * interface. One that is good only on its link has the interface behind it: `fe80::1%virbr0`.
   */
  addressesOf(name: string): string[] | null;
  /** Those by which other machines may reach this one, of all interfaces. */
  addresses(): string[];
}

export interface Notify {
  /**
   * Tells the service manager the service's state: lines such as `READY=1` (sd_notify(3)), below
   * 4096 bytes; with `FDSTORE=1`, descriptors to keep. False when there is no service manager to tell. Throws when there is one and it
   * cannot be told.
   */
  notify(state: string, descriptors?: readonly number[]): boolean;
  /**
   * The descriptors that the service manager passed at the start, by the names they were kept under
   * (sd_listen_fds_with_names(3)); they are the caller's now. None the second time.
   */
  inherited(): { name: string; fd: number }[];
  /** Closes a descriptor that nobody wants. */
  closeDescriptor(fd: number): void;
}

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
