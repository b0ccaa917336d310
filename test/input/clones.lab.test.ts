import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Conversation, converse } from '../lab/guest/input/conversation.ts';
import { buildInputPrograms } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import { configure, listen, proxies, report, type Service, serviceIn } from './desk.ts';

const { source } = buildInputPrograms();
const clone = `${proxies}/win10-test-pen`;

const penSeat = `
[[seat]]
name = "desk"
domains = ["win10"]
input = [{ name = "Test-pen" }]

[[seat]]
name = "ball"
domains = ["win10"]
input = [{ name = "Test-ball" }]

[[seat]]
name = "screen"
domains = ["win10"]
input = [{ name = "Test-screen" }]
`;

let lab: Lab;
let service: Service;
let pen: Conversation;
let penNode: string;
let guest: Conversation;
const sh = (script: string) => output(lab, script);
/** The service has to have seen the device, and the clone's reader. */
const give = async () => {
  while ((await service.ask('win10')) !== 'win10') await setTimeout(100);
};

async function plugPen(): Promise<void> {
  pen = converse(lab, [source, '--name', 'Test-pen', '--abs']);
  penNode = await pen.next();
  // Until udev has set its rights there is a problem with it.
  await service.until(/"selector":"Test-pen"[^}]*"with":"host"[^]*"problems":\[\]/);
}

async function unplugPen(): Promise<void> {
  await pen.end();
  await until(lab, `! test -e ${penNode}`);
  await service.until(/"selector":"Test-pen"[^}]*"present":false/);
}

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await sh('virsh start win10');
  await configure(lab, penSeat);
  await plugPen();
  guest = await listen(lab, clone, '--grab');
});

afterAll(() => lab.end());

beforeEach(async () => {
  await service.give('host');
});

test('positions and buttons arrive at the clone while the domain has the seat', async () => {
  await give();
  pen.say('abs_x=100 abs_y=200');
  expect(await report(guest)).toBe('abs_x=100 abs_y=200');
  pen.say('abs_x=101 btn_left+');
  expect(await report(guest)).toBe('abs_x=101 btn_left+');
  pen.say('btn_left-');
  expect(await report(guest)).toBe('btn_left-');
});

test('a button that is held on the way back is released in the guest', async () => {
  await give();
  pen.say('btn_left+');
  expect(await report(guest)).toBe('btn_left+');
  await service.give('host');
  expect(await report(guest)).toBe('btn_left-');
  pen.say('btn_left-');
});

test("the domain's XML has the clone", async () => {
  expect(await sh('handglass input --domain win10 --xml')).toContain(`<source evdev='${clone}'/>`);
});

test('the clone stays the same while the service is restarted without the device', async () => {
  const node = await sh(`readlink -f ${clone}`);
  await unplugPen();
  await sh('systemctl restart handglass');
  expect(await sh(`readlink -f ${clone}`)).toBe(node);
  await plugPen();
  await give();
  pen.say('abs_x=300');
  expect(await report(guest)).toBe('abs_x=300');
  await service.until(/"problems":\[\]/);
});

test('the clone is there anew after the service was stopped, still without the device', async () => {
  await unplugPen();
  await sh('systemctl stop handglass');
  expect(await guest.next()).toBe('gone');
  await sh('systemctl start handglass');
  guest = await listen(lab, clone, '--grab');
  await plugPen();
  await give();
  pen.say('abs_x=400');
  expect(await report(guest)).toBe('abs_x=400');
});

test('a guest that stalls for eighty reports of a mouse sees them all, and the button go up', async () => {
  const ball = converse(lab, [source, '--name', 'Test-ball', '--pointer']);
  await ball.next();
  await service.until(/"selector":"Test-ball"[^}]*"with":"host"[^]*"problems":\[\]/);
  const pointer = await listen(lab, `${proxies}/win10-pointer`, '--grab');
  await sh('handglass give ball win10');

  pointer.say('stall');
  expect(await pointer.next()).toBe('stalled');
  for (let x = 1; x <= 80; x += 1) ball.say(`rel_x=${x} rel_y=1`);
  ball.say('btn_left+');
  ball.say('btn_left-');
  // With less, it would have to keep less.
  await setTimeout(1000);
  pointer.say('resume');
  expect(await pointer.next()).toBe('resumed');

  const lines: string[] = [];
  while (lines.at(-1) !== 'btn_left-') lines.push(await pointer.next());
  expect(lines).toHaveLength(82);
  await ball.end();
});

test('a touch that is held while the service is killed has ended in the guest', async () => {
  const screen = converse(lab, [source, '--name', 'Test-screen', '--touch']);
  await screen.next();
  await service.until(/"selector":"Test-screen"[^}]*"with":"host"[^]*"problems":\[\]/);
  const cloned = await listen(lab, `${proxies}/win10-test-screen`, '--grab');
  await sh('handglass give screen win10');
  screen.say('abs_mt_slot=1 abs_mt_tracking_id=7');
  expect(await report(cloned)).toBe('abs_mt_slot=1 abs_mt_tracking_id=7');
  await sh('systemctl kill --signal=KILL handglass');
  expect(await report(cloned)).toBe('abs_mt_tracking_id=-1');
  await screen.end();
});
