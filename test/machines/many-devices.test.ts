import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupReport } from '../../src/doctor/group-report.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import type { OpenFiles, ReadFiles } from '../../src/host/ports.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { buildMachine } from './build.ts';
import { gtx970 } from './gtx-970.ts';
import type { Machine, PciCard } from './machine.ts';
import { port, usb3 } from './parts.ts';

/** A tower of switches: fifty ports, with a device of three functions behind each. */
const slots = Array.from({ length: 50 }, (_, index): PciCard[] => {
  const bus = (0x10 + index).toString(16);
  const bridge = port(
    `01:${index.toString(16).padStart(2, '0').slice(-2)}.0`,
    '8086:1234',
    'Port',
    100 + index,
  );
  const kinds = ['0300 10de:1b80 a1', '0403 10de:10f0 a1', '0c0330 1912:0014 03'];
  return [
    bridge,
    ...kinds.map((is, number) => ({
      at: `${bus}:00.${number}`,
      is,
      name: `Function ${number}`,
      group: 100 + index,
      under: bridge.at,
      modules: ['driver'],
      reset: 'flr',
      bars: ['16M', '256M pref 64'],
      ...(number === 2 ? { buses: usb3(10 + 2 * index) } : {}),
    })),
  ];
});

const tower: Machine = {
  ...gtx970,
  title: 'A host with 200 PCI and 100 USB devices',
  pci: slots.flat(),
  usb: Array.from({ length: 100 }, (_, index) => ({
    port: `${10 + 2 * (index % 50)}-${index < 50 ? 1 : 2}`,
    device: 2,
    serial: `${index}`,
  })),
  input: Array.from({ length: 100 }, (_, index) => ({
    node: index,
    name: `Mouse ${index}`,
    on: `${10 + 2 * (index % 50)}-${index < 50 ? 1 : 2}:1.0`,
  })),
};

test.each([
  {
    by: 'the groups',
    look: async (host: ReadFiles & OpenFiles) => {
      const report = groupReport(await surveyPci(host));
      expect(report.groups).toHaveLength(50);
      expect(report.groups.flatMap(({ devices }) => devices)).toHaveLength(200);
      expect(report.unread).toEqual({});
    },
  },
  {
    by: 'the doctor',
    look: async (host: ReadFiles & OpenFiles) => {
      const facts = await readFacts(
        { ...host, run: notInstalled },
        { configPath, virsh: notInstalled },
      );
      expect(facts.pci.devices).toHaveLength(200);
      expect(facts.devices.usb?.length).toBeGreaterThanOrEqual(100);
    },
  },
])(
  'each file of a host with 200 PCI and 100 USB devices is read once at most by $by',
  async ({ look }) => {
    const { host, root } = await buildMachine(tower);
    const counts = new Map<string, number>();
    const counted = <T>(name: string, read: (path: string) => Promise<T>) => {
      return (path: string) => {
        const file = `${name} ${placeOf(root, path, name)}`;
        counts.set(file, (counts.get(file) ?? 0) + 1);
        return read(path);
      };
    };
    const counting: ReadFiles & OpenFiles = {
      ...host,
      readText: counted('text', (path) => host.readText(path)),
      listFolder: counted('names', (path) => host.listFolder(path)),
      readLink: counted('link', (path) => host.readLink(path)),
      realPath: counted('path', (path) => host.realPath(path)),
      factsOf: counted('facts', (path) => host.factsOf(path)),
    };
    await look(counting);
    const again = [...counts].filter(([, count]) => count > 1).map(([file]) => file);
    expect(again.filter((file) => /^(text|link)/.test(file))).toEqual([]);
    expect([...counts.keys()].filter((file) => /:[\da-f]{2}\.\d\/vendor$/.test(file))).toHaveLength(
      200,
    );
  },
  120_000,
);

const configPath = '/etc/handglass/handglass.toml';

async function notInstalled(): Promise<never> {
  throw Object.assign(new Error('not installed'), { code: 'ENOENT' });
}

/** Where a path leads; a link itself by what is above it. */
function placeOf(root: string, path: string, name: string): string {
  try {
    return name === 'link' ? path : realpathSync(join(root, path));
  } catch {
    return path;
  }
}
