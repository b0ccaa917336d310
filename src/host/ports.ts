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
