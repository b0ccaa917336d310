/**
 * What a soak is judged by, asked inside the virtual host for as long as it is wanted: a new process
 * for each question would take seconds there. Follows `handglass watch` all the time. Answers each line on standard input with the facts of
 * soak-rest.ts, a line of JSON. Ends with its input.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { HandglassError } from '../../src/errors.ts';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';
import { processes } from '../../src/host/processes.ts';
import { virshFor } from '../../src/libvirt/virsh.ts';
import { connect } from '../../src/server/client.ts';
import type { State } from '../../src/server/protocol.ts';
import { linkedName, namesIn } from '../../src/system/attributes.ts';
import { interfaceFolders, usbDevices, usbFolder } from '../../src/system/usb.ts';
import { disorderIn } from './soak-story.ts';
import type { Facts } from './soak-rest.ts';

const host = { ...filesUnder('/', () => {}), ...processes, ...clock };
const ending = new AbortController();
const virsh = virshFor(host, 'qemu:///system', ending.signal);

const story: { told: State | null; disorder: string[] } = { told: null, disorder: [] };
void watch();

for await (const _ of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify({ ...(await facts()), ...story })}\n`);
}
ending.abort();
process.exit();

/** Anew, for as long as the service is away. */
async function watch(): Promise<never> {
  for (;;) {
    const watching = spawn('handglass', ['watch', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let before: State | null = null;
    for await (const line of createInterface({ input: watching.stdout })) {
      const state = JSON.parse(line) as State;
      if (before !== null) story.disorder.push(...disorderIn(before, state));
      story.told = before = state;
    }
    await setTimeout(1000);
  }
}

async function facts(): Promise<Omit<Facts, 'told' | 'disorder'>> {
  const status = await state();
  const live = await orNull(virsh('dumpxml', 'win10'));
  // Each failure costs a new virsh.
  const isRunning = live?.includes("<domain type='qemu' id='") ?? false;
  const nodes = ['/dev/input/by-id', '/dev/disk/by-id'].map((folder) => namesIn(host, folder));
  return {
    status,
    live,
    stored: live === null ? null : await orNull(virsh('dumpxml', 'win10', '--inactive')),
    infoUsb: isRunning
      ? await orNull(virsh('qemu-monitor-command', 'win10', '--hmp', 'info usb'))
      : null,
    usb: await usb(),
    nodes: (await Promise.all(nodes)).flat(),
  };
}

async function state(): Promise<State | string> {
  try {
    const client = await connect('ws+unix:/run/handglass/handglass.sock:/');
    try {
      return await client.call('state.get', {});
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof HandglassError) return error.code;
    throw error;
  }
}

async function usb(): Promise<Facts['usb']> {
  return Promise.all(
    (await usbDevices(host)).map(async ({ serial, port, bus, device }) => {
      const folders = await interfaceFolders(host, `${usbFolder}/${port}`).catch(() => []);
      const drivers = folders.map((folder) => linkedName(host, `${folder}/driver`));
      return { serial: serial ?? '', port, bus, device, drivers: await Promise.all(drivers) };
    }),
  );
}

async function orNull(printed: Promise<string>): Promise<string | null> {
  return printed.catch(() => null);
}
