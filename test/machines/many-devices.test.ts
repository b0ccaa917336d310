import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { groupReport } from '../../src/doctor/group-report.ts';
import { readFacts } from '../../src/doctor/read-facts.ts';
import type { OpenFiles, ReadFiles } from '../../src/host/ports.ts';
import { surveyPci } from '../../src/system/pci-survey.ts';
import { buildMachine } from './build.ts';
import { telling } from './telling.ts';
import { notInstalled, tower } from './tower.ts';

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
    const counting = telling(host, (how, path) => {
      const file = `${how} ${placeOf(root, path, how)}`;
      counts.set(file, (counts.get(file) ?? 0) + 1);
    });
    await look(counting);
    const again = [...counts].filter(([, count]) => count > 1).map(([file]) => file);
    expect(again).toEqual([]);
    expect([...counts.keys()].filter((file) => /:[\da-f]{2}\.\d\/vendor$/.test(file))).toHaveLength(
      200,
    );
  },
  120_000,
);

const configPath = '/etc/handglass/handglass.toml';

/** Where a path leads; a link itself by what is above it. */
function placeOf(root: string, path: string, how: keyof ReadFiles): string {
  try {
    return how === 'readLink' ? path : realpathSync(join(root, path));
  } catch {
    return path;
  }
}
