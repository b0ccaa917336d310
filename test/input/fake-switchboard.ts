import type { OpenSwitchboard, SwitchboardEvent, SwitchboardTable } from '../../src/host/ports.ts';

export interface FakeSwitchboard extends OpenSwitchboard {
  /** The devices that are open now, by path. */
  opened: Map<string, number>;
  /** Every path that was tried, in order. */
  tried: string[];
  /** Paths that cannot be opened, with the errno. */
  refused: Map<string, string>;
  /** The table that was applied last. */
  table: SwitchboardTable | null;
  closed: boolean;
  emit: (event: SwitchboardEvent) => void;
  /** The device is unplugged. */
  pull: (path: string) => void;
}

/** A switchboard without a thread or devices, for what is done with it. */
export function fakeSwitchboard(): FakeSwitchboard {
  let number = 0;
  const fake: FakeSwitchboard = {
    opened: new Map(),
    tried: [],
    refused: new Map(),
    table: null,
    closed: false,
    emit: () => {},
    pull(path) {
      const device = fake.opened.get(path) ?? 0;
      fake.opened.delete(path);
      fake.emit({ kind: 'gone', device, code: 'ENODEV' });
    },
    openSwitchboard(listener) {
      fake.emit = listener;
      return {
        open(path) {
          fake.tried.push(path);
          const code = fake.refused.get(path);
          if (code !== undefined) throw Object.assign(new Error(`${code}, open`), { code });
          number += 1;
          fake.opened.set(path, number);
          return number;
        },
        closeDevice(device) {
          for (const [path, each] of fake.opened) if (each === device) fake.opened.delete(path);
        },
        apply(table) {
          fake.table = table;
        },
        close() {
          fake.closed = true;
        },
      };
    },
  };
  return fake;
}
