/** The machine that the doctor is measured on, and what it looks at there. */
import { join } from 'node:path';
import { readFacts } from '../../src/doctor/read-facts.ts';
import type { ReadFiles } from '../../src/host/ports.ts';
import { buildMachine } from '../machines/build.ts';
import { telling } from '../machines/telling.ts';
import { notInstalled, tower } from '../machines/tower.ts';
import { sysfsUnder } from '../system/sysfs.ts';

export interface Looked {
  how: keyof ReadFiles;
  /** On this machine. */
  path: string;
}

/**
 * A host with 200 PCI and 100 USB devices in this folder, with lists of ids and modules as long as those of
 * a distribution; gives what the doctor looks at there.
 */
export async function buildTower(root: string): Promise<Looked[]> {
  const { host, write } = await buildMachine(tower, sysfsUnder(root));
  for (const { path, line, count } of longLists) {
    const lines = Array.from({ length: count }, (_, index) => line(hex(index)));
    await write(path, `${await host.readText(path)}${lines.join('')}`);
  }
  const looked: Looked[] = [];
  const files = telling(host, (how, path) => looked.push({ how, path: join(root, path) }));
  const configPath = '/etc/handglass/handglass.toml';
  await readFacts({ ...files, run: notInstalled }, { configPath, virsh: notInstalled });
  return looked;
}

const hex = (index: number) => index.toString(16).padStart(4, '0');

/** What stands behind the machine's own devices, about as long as a distribution's lists. */
const longLists = [
  {
    path: '/usr/share/misc/pci.ids',
    line: (id: string) => `\t${id}  A device that is not here, with a name of usual length\n`,
    count: 38_000,
  },
  {
    path: `/lib/modules/${tower.kernel}/modules.alias`,
    line: (id: string) =>
      `alias pci:v00001AF4d0000${id.toUpperCase()}sv*sd*bc*sc*i* some_module\nalias usb:v1AF4p${id}d*dc*dsc*dp*ic*isc*ip*in* another\n`,
    count: 13_000,
  },
];
