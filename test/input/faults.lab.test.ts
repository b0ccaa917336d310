/** What devices, guests and the machine do at the wrong moment. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Conversation, converse } from '../lab/guest/input/conversation.ts';
import { guestPairing, inGuestNetwork, pairGuest } from '../lab/guest/guest-command.ts';
import { buildInputPrograms, nodeCommand, product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import {
  blockJavaScript,
  configure,
  inputSeat,
  keyboard,
  listen,
  proxies,
  report,
  reports,
  type Service,
  serviceIn,
} from './desk.ts';
import { silence } from './silence.ts';

const { listener, source } = buildInputPrograms();
const link = '/dev/input/by-id/test-link';
const config = `${inputSeat.replace('}]', '}, { name = "Test-late" }, { id = "test-link" }]\n')}
[server]
listen = ["192.168.122.1:18503"]`;

let lab: Lab;
let service: Service;
let guest: Conversation;
let host: Conversation;
const sh = (script: string) => output(lab, script);
const isWith = (selector: string, who: string) =>
  service.until(new RegExp(`"selector":"${selector}"[^}]*"with":"${who}"[^]*"problems":\\[\\]`));

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await sh('virsh start win10');
  await configure(lab, config);
  await listenToGuest();
  host = await listen(lab, keyboard);
});

afterAll(() => lab.end());

beforeEach(async () => {
  await service.give('host');
});

async function listenToGuest(): Promise<void> {
  guest = await listen(lab, `${proxies}/win10-keyboard`, '--grab');
  await listen(lab, `${proxies}/win10-pointer`, '--grab');
}

async function expectTyped(reader: Conversation, letter: string): Promise<void> {
  await lab.control(`key ${letter}`);
  expect(await reports(reader, 2)).toBe(`${letter}+, ${letter}-`);
}

/** A keyboard made by uinput, and its event node. */
async function plugIn(name: string): Promise<{ device: Conversation; node: string }> {
  const device = converse(lab, [source, '--name', name, '--keys']);
  return { device, node: await device.next() };
}

async function unplug(device: Conversation, node: string): Promise<void> {
  await device.end();
  await until(lab, `! test -e ${node}`);
}

async function expectSent(device: Conversation, letter: string, to: Conversation): Promise<void> {
  device.say(`${letter}+`);
  device.say(`${letter}-`);
  expect(await reports(to, 2)).toBe(`${letter}+, ${letter}-`);
}

test('rights that come late: the keyboard goes to the guest once it has them', async () => {
  const rule = '/run/udev/rules.d/99-test.rules';
  await sh(`mkdir -p /run/udev/rules.d
    echo 'ATTRS{name}=="Test-late", MODE="0600", GROUP="root"' > ${rule}
    udevadm control --reload`);
  await service.give('win10');
  const { device, node } = await plugIn('Test-late');
  await service.until(new RegExp(`"problems":\\[[^\\]]*${node}`));
  await sh(`rm ${rule} && udevadm control --reload && chgrp input ${node} && chmod 660 ${node}`);
  await service.until(/"problems":\[\]/);
  await expectSent(device, 'q', guest);
  await unplug(device, node);
});

test('a link that comes late, and then leads to another keyboard: what it names is in the seat', async () => {
  const [first, second] = [await plugIn('Test-first'), await plugIn('Test-second')];
  await service.give('win10');
  await sh(`ln -s ${first.node} ${link}`);
  await isWith('test-link', 'win10');
  await expectSent(first.device, 'q', guest);
  await sh(`ln -s ${second.node} ${link}.new && mv ${link}.new ${link}`);
  await until(lab, `${listener} ${first.node} --grab </dev/null | grep -q grabbed`);
  await service.until(/./);
  await expectSent(second.device, 'q', guest);
  const desktop = await listen(lab, first.node);
  await expectSent(first.device, 'q', desktop);
  await desktop.end();
  await sh(`rm ${link}`);
  await unplug(first.device, first.node);
  await unplug(second.device, second.node);
});

test('an event number that is used again while JavaScript is blocked: the other keyboard is not taken for the first', async () => {
  const first = await plugIn('Test-late');
  await service.give('win10');
  await isWith('Test-late', 'win10');
  const resume = await blockJavaScript(lab);
  await unplug(first.device, first.node);
  const second = await plugIn('Test-other');
  expect(second.node).toBe(first.node);
  await resume();
  await service.until(/"selector":"Test-late"[^}]*"present":false/);
  const desktop = await listen(lab, second.node);
  await expectSent(second.device, 'q', desktop);
  await expectTyped(guest, 'a');
  await desktop.end();
  await unplug(second.device, second.node);
});

test('the service is killed while a key is typed: the host has the key from then on', async () => {
  const { device, node } = await plugIn('Test-late');
  await service.give('win10');
  await isWith('Test-late', 'win10');
  console.log(await silence(lab, service, { device, node, program: 'handglass.js daemon' }));
  await unplug(device, node);
  await service.owner('host');
});

test('a guest that asks for ever: panic locks it out, and the command line still gives', async () => {
  await sh(pairGuest);
  const asker = `${product}/test/input/guest-asker.ts`;
  const caller = converse(lab, [inGuestNetwork, ...nodeCommand, asker, guestPairing]);
  onTestFinished(async () => void (await caller.end()));
  // What it asks for just as something else moves the seat fails otherwise.
  const answers = async (expected: string) => {
    while ((await caller.next()) !== expected) continue;
  };
  await answers('win10');
  await lab.control('key leftctrl+leftalt+pause');
  await answers('locked-out');
  await service.give('host');
  await service.give('win10');
  await answers('win10');
});

test('a service on trial that nobody confirms gives everything back and ends', async () => {
  await sh('systemctl stop handglass');
  const trial = converse(lab, ['handglass', 'daemon', '--trial', '60']);
  while (!(await trial.next()).startsWith('on trial for 60 s')) continue;
  await listenToGuest();
  while ((await service.ask('win10')) !== 'win10') await setTimeout(100);
  await expectTyped(guest, 'a');
  expect(await guest.next()).toBe('gone');
  expect(await trial.end()).toBe(0);
  host = await listen(lab, keyboard);
  await expectTyped(host, 'b');
  await sh('systemctl start handglass');
  await listenToGuest();
});

// Last, since the virtual host's share of the checkout does not come back from it.
test('a suspend with a key held: it is released in the guest, which types on afterwards', async () => {
  await service.give('win10');
  await lab.control('press w');
  expect(await report(guest)).toBe('w+');
  await sh('echo devices > /sys/power/pm_test && echo mem > /sys/power/state');
  expect(await report(guest)).toBe('w-');
  await lab.control('release w');
  await expectTyped(guest, 'a');
});
