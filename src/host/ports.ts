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

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Notify {
  /**
   * Tells the service manager the service's state: lines such as `READY=1` (sd_notify(3)), below
   * 4096 bytes. False when there is no service manager to tell. Throws when there is one and it
   * cannot be told.
   */
  notify(state: string): boolean;
}

export interface OpenSwitchboard {
  /**
   * Starts the thread that listens to event devices. The listener is called between the program's
   * other work, and does not keep the process alive. Whoever opens the switchboard keeps it: one
   * that is garbage-collected is closed.
   */
  openSwitchboard(listener: (event: SwitchboardEvent) => void): Switchboard;
}

/**
 * Event devices, and the chords recognised on them by a thread of their own, even while JavaScript is
 * blocked. Methods throw an error with `code` (the errno) and `syscall`; `EBADF` after `close`.
 */
export interface Switchboard {
  /**
   * Opens an event device node and listens to it; returns a number that is never given again. Keys
   * that are down already count as held. `ENOTTY` when the path is no event device, `EMFILE` when 64
   * are open.
   */
  open(path: string): number;
  /** Lets a device go; no event of it follows. One that is not open is ignored. */
  closeDevice(device: number): void;
  /**
   * Puts a whole table in place of the last one, between two reports. Keys that are held stay held,
   * and none of them fires a chord. A chord of the last table that was recognised just before may
   * still be reported after. `E2BIG`: beyond 64 routes, 16 seats, 64 chords or 8 keys in a chord;
   * `EINVAL`: no key code, a key or a device twice, a chord without keys.
   */
  apply(table: SwitchboardTable): void;
  /** Ends the thread and closes all devices. The listener is never called again. May be repeated. */
  close(): void;
}

export interface SwitchboardTable {
  /** Which seat a device belongs to; a device without a route is listened to in vain. */
  routes: readonly { device: number; seat: number }[];
  /**
   * Keys (Linux key codes, `KEY_LEFTCTRL` is 29) that fire when all are down on the seat's devices
   * together, in any order; once, until one of them has been released.
   */
  chords: readonly { id: number; seat: number; keys: readonly number[] }[];
}

export type SwitchboardEvent =
  | { kind: 'chord'; id: number; seat: number }
  /** The device was unplugged (`ENODEV`) or cannot be read; it is closed already. */
  | { kind: 'gone'; device: number; code: string };
