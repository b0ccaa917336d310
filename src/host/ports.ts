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

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
