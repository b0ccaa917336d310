/** What commands are given: effects arrive here, so that a command is tested without the real ones. */
import type { ApplicationContext } from '@stricli/core';
import type { Clock, OpenFiles, ReadFiles, Run } from '../host/ports.ts';
import type { Client } from '../server/client.ts';

export interface Context extends ApplicationContext {
  host: ReadFiles & OpenFiles & Run & Clock;
  /** Connects to the service's local socket. */
  connect(): Promise<Client>;
  /** Runs the service in the foreground until it is told to stop, or for a trial. */
  runDaemon(configPath: string, trialMs?: number): Promise<void>;
  /** From here on Ctrl-C aborts this signal in place of ending the program; a second one ends it. */
  catchInterrupt(): AbortSignal;
  /** Writes lines to the standard output. */
  print(...lines: string[]): void;
}
