import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Hostdevs } from '../../src/domain/usb-hostdev.ts';
import { filesUnder } from '../../src/host/files.ts';
import { hostdevsOf } from '../../src/libvirt/hostdevs.ts';
import { hurriedClock } from '../host/clocks.ts';
import { refused, virshOver } from './scripted-virsh.ts';

export interface MemoryLibvirt {
  hostdevs: Hostdevs;
  /** The XML of each device that the domain win10 has, by alias. */
  held: Map<string, string>;
}

/**
 * A libvirt whose domain win10 has what was attached to it.
 *
 * @param fail asked before each command takes effect, with its name, how often it has come so far and its
 *   file or alias, if any; what it throws is the command's failure
 */
export async function memoryLibvirt(
  fail: (command: string, times: number, what: string) => void,
): Promise<MemoryLibvirt> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-libvirt-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const held = new Map<string, string>();
  const times = new Map<string, number>();
  const virsh = virshOver(async (name = '', ...words) => {
    times.set(name, (times.get(name) ?? 0) + 1);
    const last = words.at(-2) ?? '';
    fail(name, times.get(name) ?? 0, last);
    if (name === 'attach-device') {
      const xml = await readFile(last, 'utf8');
      held.set(/<alias name='(.*)'/.exec(xml)?.[1] ?? '', xml);
    } else if (name === 'detach-device-alias') {
      if (!held.delete(last)) throw refused(`no device found with alias ${last}`);
    } else if (name === 'domstats') {
      return "Domain: 'win10'\n  state.state=1\n";
    }
    return `<domain id='1'><devices>${controller}${[...held.values()].join('')}</devices></domain>\n`;
  });
  const host = { ...filesUnder('/', () => {}), ...hurriedClock() };
  return { hostdevs: hostdevsOf(host, virsh, folder), held };
}

const controller = "<controller type='usb' model='qemu-xhci' ports='15'/>";
