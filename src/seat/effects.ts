import type { Seat } from '../config/schema.ts';
import type { InputSwitch } from '../input/switching.ts';
import type { DomainFacts, Facts, MachineFacts } from './view.ts';

/** What seats do to the world. */
export interface SeatEffects {
  readMachine(): Promise<MachineFacts>;
  sleep(ms: number): Promise<void>;
  /** Rejects with `libvirt-unavailable` or `qemu-unavailable` when nobody can be asked. */
  readDomains(): Promise<DomainFacts>;
  /**
   * Rejects as `giveUsb` does before it moves anything.
   *
   * @param known here and below: what has been read, where nothing was noticed since
   */
  checkUsb(domain: string, seat: Seat, known: Facts | null): Promise<void>;
  giveUsb(domain: string, seat: Seat, known: Facts | null): Promise<void>;
  /** As `giveUsb`, what has just come to this port alone. */
  giveArrived(domain: string, seat: Seat, port: string, known: Facts | null): Promise<void>;
  takeUsb(domain: string, seat: Seat, known: Facts | null): Promise<void>;
  /** Rejects with `device-absent` when no drive of the seat is there, or `device-refused`. */
  checkDrives(domain: string, seat: Seat): Promise<void>;
  giveDrives(domain: string, seat: Seat): Promise<void>;
  takeDrives(domain: string, seat: Seat): Promise<void>;
  /** Rejects with `handoff-failed` when the device on this port does not become usable. */
  untilUsable(port: string): Promise<void>;
  /** Takes from a domain what it still lists of ours and is plugged in no more; gives whether it had any. */
  clearPhantoms(domain: string, known: Facts | null): Promise<boolean>;
  /** Whether a driver of the host has the device on this port, and not for a moment only. */
  keepsHostDriver(port: string): Promise<boolean>;
  /**
   * Lets the kernel's drivers have the device on this port again; gives the interfaces that they took.
   *
   * @param domains those that may have it without listing it
   */
  restoreDrivers(port: string, domains: readonly string[]): Promise<string[]>;
  input: SeatInput;
}

/** The seats' input devices, as `InputSwitch` says. */
export type SeatInput = Pick<InputSwitch, 'ownerOf' | 'turnOf' | 'give' | 'take'>;
