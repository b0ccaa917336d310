/** Checks as tables: what is so on a machine on which all else is well, and what is found then. */
import { expect, test } from 'vitest';
import type { Facts } from '../../src/doctor/facts.ts';
import type { Result } from '../../src/doctor/report.ts';
import { kernelParameters } from '../../src/system/kernel-parameters.ts';
import type { PciDevice } from '../../src/system/pci.ts';
import { card, type Change, found } from './healthy.ts';

export interface Row {
  id: string;
  /** What is so, in words. */
  when: string;
  change: Change;
  verdict: Result['verdict'] | 'none';
  /** A part of the explanation. */
  says?: string;
  /** A part of the command, or of the advice where there is none. */
  todo?: string;
}

const order = ['problem', 'warning', 'unknown', 'ok'];

/** A test for each row, of the gravest result of its check. */
export function testRows(rows: readonly Row[]): void {
  test.each(rows)('$id, where $when: $verdict', ({ id, change, ...row }) => {
    const [worst] = found(id, change).toSorted(
      (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict),
    );
    expect(worst?.verdict ?? 'none').toBe(row.verdict);
    expect(worst?.explanation ?? '').toContain(row.says ?? '');
    expect(`${worst?.remedy ?? ''} ${worst?.advice ?? ''}`).toContain(row.todo ?? '');
  });
}

export function both(...changes: Change[]): Change {
  return (facts) => {
    for (const change of changes) change(facts);
  };
}

/** Facts of one kind, in place of what is well. */
export function having<K extends keyof Facts>(kind: K, facts: Partial<Facts[K]>): Change {
  return (all) => {
    Object.assign(all[kind], facts);
  };
}

/** The kernel's command line. */
export function line(text: string): Change {
  return (facts) => having('kernel', { parameters: kernelParameters(text) })(facts);
}

/** The card that is set aside, and its sound, as a domain has them. */
export const gpu = { pci: ['01:00.0', '01:00.1'] };

/** A PCI device of the machine, the card being the second. */
export function guest(at: number, changes: Partial<PciDevice>): Change {
  return ({ pci }) => {
    Object.assign(pci.devices[at] ?? {}, changes);
  };
}

export const unreadOfCard =
  (fact: keyof PciDevice): Change =>
  ({ pci }) => {
    const unread = { [fact]: 'input/output error' };
    Object.assign(pci.devices[1] ?? {}, { [fact]: null, unread });
  };

/** The disk that the host starts from. */
export const hostDisk: Change = ({ pci }) => {
  const device = { vendor: '144d', device: 'a808', class: '010802', driver: 'nvme' };
  pci.devices.push(card('0000:03:00.0', { ...device, bootVga: null }));
  const use = { kind: 'mounted' as const, node: '/dev/nvme0n1p2', places: ['/'] };
  Object.assign(pci.uses, {
    byDevice: new Map([...pci.uses.byDevice, ['0000:03:00.0', [{ kind: 'disk', use }]]]),
  });
};

/** Without the processor's graphics, under a driver that shows no connectors. */
export const onlyCard: Change = ({ pci }) => {
  pci.devices.shift();
  Object.assign(pci.devices[0] ?? {}, { driver: 'nvidia', bootVga: true });
  Object.assign(pci.devices[1] ?? {}, { driver: 'snd_hda_intel' });
  Object.assign(pci.uses, { byDevice: new Map(), withConnectors: new Set() });
};

/** Shared memory by the module kvmfr, in place of the file. */
export const kvmfr: Change = ({ sharedMemory: [file] }) => {
  if (file !== undefined) file.entry = { ...file.entry, path: '/dev/kvmfr0' };
};

/** Who looks is in none of the groups. */
export const stranger: Change = (facts) => {
  const bob = { user: 'bob', uid: 1001, groups: ['bob'] };
  having('people', { caller: bob, callerAnew: bob })(facts);
};
