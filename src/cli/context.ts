/** What commands are given: effects arrive here, so that a command is tested without the real ones. */
import type { ApplicationContext } from '@stricli/core';
import type {
  Clock,
  Follow,
  MakeFile,
  MakeFolder,
  MakeTemporary,
  OpenFiles,
  ReadFiles,
  Run,
  WatchFolder,
  WriteAttribute,
  WriteFiles,
} from '../host/ports.ts';
import type { Virsh } from '../libvirt/virsh.ts';
import type { Client } from '../server/client.ts';

export interface Context extends ApplicationContext {
  host: ReadFiles &
    WriteFiles &
    WriteAttribute &
    MakeFile &
    MakeFolder &
    MakeTemporary &
    OpenFiles &
    WatchFolder &
    Run &
    Follow &
    Clock;
  /** Connects to the service's local socket. */
  connect(): Promise<Client>;
  /** Talks with a libvirt until the signal is aborted. */
  virsh(uri: string, signal: AbortSignal): Promise<Virsh>;
  /** Where the client for Windows is once it is built. */
  windowsClientPath: string;
  /** Where a guest keeps its pairing with the host. */
  guestPairingPath(): string;
  /** Runs the service in the foreground until it is told to stop, or for a trial. */
  runDaemon(configPath: string, trialMs?: number): Promise<void>;
  /** From here on Ctrl-C aborts this signal in place of ending the program; a second one ends it. */
  catchInterrupt(): AbortSignal;
  /** The whole standard input. */
  readInput(): Promise<string>;
  /** Of the terminal that shows the standard output; undefined where that goes elsewhere. */
  columns?: number | undefined;
  /** Writes lines to the standard output. */
  print(...lines: string[]): void;
  /** Writes lines to the standard error. */
  warn(...lines: string[]): void;
}
