/** Seats that may go to several domains, and USB selectors that name several devices. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asker, askerIn } from '../domain/contract.ts';
import { listen, proxies, report, type Service, serviceIn } from '../input/desk.ts';
import type { Conversation } from '../lab/guest/input/conversation.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { configure, makeDomains } from '../libvirt/traps-desk.ts';

let lab: Lab;
let service: Service;
let asker: Asker;
const sh = (script: string) => output(lab, script);

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  asker = askerIn(lab, ['libvirt']);
  await makeDomains(lab, { work: '' });
});

afterAll(() => lab.end());

/** Waits until a domain has exactly the devices with these serial numbers. */
async function expectIn(domain: string, ...serials: string[]): Promise<void> {
  const devices = await Promise.all(serials.map((serial) => asker.device(serial)));
  const expected = devices.map(({ bus, device }) => `${bus}.${device}`).toSorted();
  await expect.poll(() => addressesIn(domain), { timeout: 180_000 }).toEqual(expected);
}

async function addressesIn(domain: string): Promise<string[]> {
  const xml = await sh(`virsh dumpxml ${domain}`);
  const found = xml.matchAll(/<address bus='(\d+)' device='(\d+)'\/>/g);
  return [...found].map(([, bus, device]) => `${bus}.${device}`).toSorted();
}

async function portOf(serial: string): Promise<string> {
  return (await asker.device(serial)).port;
}

/** Reads each domain's keyboard in the place of its QEMU. */
async function listenInDomains(): Promise<Map<string, Conversation>> {
  const readers = new Map<string, Conversation>();
  for (const domain of ['win10', 'work']) {
    const node = `${proxies}/${domain}-keyboard`;
    readers.set(domain, await listen(lab, node, '--grab'));
  }
  return readers;
}

describe('two domains', () => {
  beforeAll(async () => {
    await configure(
      lab,
      `
[[seat]]
name = "desk"
domains = ["win10", "work"]
input = [{ serial = "KBD1" }]
usb = [{ serial = "STICK1" }]
on-start = "take"

[[seat]]
name = "sofa"
domains = ["win10", "work"]
usb = [{ serial = "MOUSE1" }]
on-start = "give"

[[chord]]
keys = "leftmeta+f12"
seat = "desk"
to = ["host", "win10", "work"]
`,
    );
  });

  test('a seat that takes goes to the domain that starts, one that gives only from the host', async () => {
    await sh('virsh destroy win10');
    const readers = await listenInDomains();
    await sh('virsh start win10');
    await service.owner('win10', 'sofa');
    await service.owner('win10');
    await expectIn('win10', 'STICK1', 'MOUSE1');
    await sh('virsh start work');
    await service.owner('work');
    await expectIn('work', 'STICK1');
    await expectIn('win10', 'MOUSE1');
    await Promise.all([...readers.values()].map((reader) => reader.end()));
    await sh('handglass give sofa host');
  });

  test('a chord with several targets sends the seat to the next of them, keys and devices', async () => {
    const readers = await listenInDomains();
    await service.give('host');
    for (const owner of ['win10', 'work', 'host', 'win10']) {
      await lab.control('key leftmeta+f12');
      await service.owner(owner);
      for (const domain of readers.keys()) {
        await expectIn(domain, ...(domain === owner ? ['STICK1'] : []));
      }
      const reader = readers.get(owner);
      if (reader === undefined) continue;
      await lab.control('key a');
      while ((await report(reader)) !== 'a+') continue;
    }
    await Promise.all([...readers.values()].map((reader) => reader.end()));
    await service.owner('host');
  });
});

describe('a selector of several devices', () => {
  test('of a class takes all of it, and nothing else', async () => {
    await lab.control('plug disk');
    await configure(lab, seatOf('{ class = "storage" }'));
    await asker.device('DISK1');
    await service.give('win10');
    await expectIn('win10', 'STICK1', 'DISK1');
    await service.give('host');
    await expectIn('win10');
    await lab.control('unplug disk');
  });

  test('of a class passes over what the seat reads, also when it is plugged in anew', async () => {
    await configure(lab, `${seatOf('{ class = "hid" }')}input = [{ serial = "KBD1" }]\n`);
    await until(lab, `test -e ${proxies}/win10-keyboard`);
    const reader = await listen(lab, `${proxies}/win10-keyboard`, '--grab');
    await service.give('win10');
    await expectIn('win10', 'MOUSE1', 'KBD2');
    for (const device of ['keyboard', 'mouse']) await lab.control(`unplug ${device}`);
    for (const device of ['keyboard', 'mouse']) await lab.control(`plug ${device}`);
    await asker.device('KBD1');
    await expectIn('win10', 'MOUSE1', 'KBD2');
    await service.give('host');
    await expectIn('win10');
    await reader.end();
  });

  test('of a hub takes what is plugged in below it, what comes later too, and not the hub', async () => {
    for (const device of ['mouse', 'stick']) await lab.control(`unplug ${device}`);
    await lab.control('plug hub');
    await lab.control('plug mouse into 5.1');
    const [hub = ''] = (await portOf('MOUSE1')).split('.');
    await configure(lab, seatOf(`{ hub = "${hub}" }`));
    await service.give('win10');
    await expectIn('win10', 'MOUSE1');
    await lab.control('plug stick into 5.2');
    await expectIn('win10', 'MOUSE1', 'STICK1');
    await service.give('host');
    await expectIn('win10');
    for (const device of ['mouse', 'stick', 'hub']) await lab.control(`unplug ${device}`);
  });

  test('of a controller takes what is plugged in at it', async () => {
    for (const device of ['keyboard', 'keyboard2']) await lab.control(`unplug ${device}`);
    for (const device of ['mouse', 'stick']) await lab.control(`plug ${device}`);
    const bus = (await portOf('MOUSE1')).split('-')[0];
    const controller = await sh(`basename $(realpath /sys/bus/usb/devices/usb${bus}/..)`);
    await configure(lab, seatOf(`{ controller = "${controller}" }`));
    await service.give('win10');
    await expectIn('win10', 'MOUSE1', 'STICK1');
    await service.give('host');
    await expectIn('win10');
  });
});

const seatOf = (usb: string) => `
[[seat]]
name = "desk"
domains = ["win10"]
usb = [${usb}]
`;
