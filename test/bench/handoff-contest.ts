/**
 * Moves USB devices to the domain win10 and back inside the virtual host, by turns with virsh and with
 * the chord: `handoff-contest.ts ROUNDS SOURCE LISTENER SERIAL...`, where the seat "desk" has these devices,
 * the mouse among them, and the keyboard that the program SOURCE makes. Prints each handoff as a line of
 * JSON, a Sample; then, as often, how many milliseconds after a driver had it the mouse that was plugged
 * in anew was with the domain again; then, as often, how many milliseconds after a guest's call the last of
 * the devices was with the domain; then holds the keyboard until its input ends. One process does all,
 * since the start of one takes longer than a handoff.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { filesUnder } from '../../src/host/files.ts';
import { usbHostdevXml } from '../../src/libvirt/usb-hostdev.ts';
import { connect } from '../../src/server/client.ts';
import { usbDevices } from '../../src/system/usb.ts';
import { ask, openSocket } from './attack-guest.ts';
import { watchDrivers } from './driver-changes.ts';
import type { Direction, Sample } from './handoff-rows.ts';
import { benchKeyboard, guestAddress, guestPort } from './handoff-seat.ts';
import { talkWith } from './talk.ts';

const proxies = '/dev/input/by-handglass';
/** What is left of a handoff, on either side, is over by then. */
const restMs = 1500;

interface Contender {
  name: Sample['name'];
  begin(): Promise<void>;
  move(direction: Direction): void;
  /** Resolves when it says itself that it is done. */
  settled(direction: Direction, startMs: number): Promise<Pick<Sample, 'toldMs' | 'inputMs'>>;
  end(): Promise<void>;
}

const [rounds, source = '', listener = '', ...serials] = process.argv.slice(2);
const present = await usbDevices(filesUnder('/', () => {}));
const devices = present.filter(({ serial }) => serial !== null && serials.includes(serial));
const interfaces = devices.map(interfaceOf);
const mouse = devices.filter(({ serial }) => serial === 'MOUSE1').map(interfaceOf);
// One that sleeps, as QEMU's are let to after 2 s, is woken first, which takes as long as the rest. Those of
// a user who presses a chord are awake.
keepAwake();
const drivers = await watchDrivers();
const ours = await handglass();
const contenders = [await virsh(), ours];

for (let round = 0; round < Number(rounds); round += 1) {
  // Whoever comes second finds what the first has left.
  for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) {
    await contender.begin();
    for (const direction of ['give', 'take'] as const) await handOver(contender, direction);
    await contender.end();
  }
}
await ours.begin();
await moved(ours, 'give');
for (let round = 0; round < Number(rounds); round += 1) {
  process.stdout.write(`${await returnMs()}\n`);
  await setTimeout(restMs);
}
await moved(ours, 'take');
// One that was plugged in anew may sleep again.
keepAwake();
const guest = await guestOf('win10');
for (let round = 0; round < Number(rounds); round += 1) {
  await setTimeout(restMs);
  const startMs = nowMs();
  const answer = ask(guest, 'seat.give', { seat: 'desk', to: 'win10' });
  const endMs = await drivers.until(interfaces, false);
  await answer;
  process.stdout.write(`${endMs - startMs}\n`);
  await setTimeout(restMs);
  await moved(ours, 'take');
}
process.stdin.resume().on('end', () => process.exit());

function keepAwake(): void {
  for (const { port } of devices) writeFileSync(`/sys/bus/usb/devices/${port}/power/control`, 'on');
}

/** Paired just now. */
async function guestOf(domain: string): Promise<WebSocket> {
  const local = await connect('ws+unix:/run/handglass/handglass.sock:/');
  const { code } = await local.call('guest.pair', { domain });
  await local.close();
  const socket = await openSocket(`wss://${guestAddress}:${guestPort}`, guestAddress);
  await ask(socket, 'session.authenticate', { code });
  return socket;
}

function interfaceOf({ port }: { port: string }): string {
  return `${port}:1.0`;
}

async function returnMs(): Promise<number> {
  // As slow as a hand.
  const plug = `labctl unplug mouse && sleep ${restMs / 1000} && labctl plug mouse`;
  spawn('sh', ['-c', plug], { stdio: 'inherit' });
  const usableMs = await drivers.until(mouse, true);
  return (await drivers.until(mouse, false)) - usableMs;
}

async function handOver(contender: Contender, direction: Direction): Promise<void> {
  const { name } = contender;
  const times = await moved(contender, direction);
  const sample: Sample = { name, devices: devices.length, direction, ...times };
  process.stdout.write(`${JSON.stringify(sample)}\n`);
  await setTimeout(restMs);
}

async function moved(
  contender: Contender,
  direction: Direction,
): Promise<Pick<Sample, 'ms' | 'toldMs' | 'inputMs'>> {
  const startMs = nowMs();
  contender.move(direction);
  const endMs = await drivers.until(interfaces, direction === 'take');
  return { ms: endMs - startMs, ...(await contender.settled(direction, startMs)) };
}

/** As a shell script would do it. The service, which nobody would have then, stands still. */
async function virsh(): Promise<Contender> {
  const shell = talkWith('sh', []);
  const service = Number(execFileSync('systemctl', ['show', '-P', 'MainPID', 'handglass']));
  const files = devices.map((device) => {
    const file = `/tmp/${device.port}.xml`;
    writeFileSync(file, usbHostdevXml(device));
    return file;
  });
  return {
    name: 'virsh',
    async begin() {
      process.kill(service, 'SIGSTOP');
    },
    move(direction) {
      const command = direction === 'give' ? 'attach-device' : 'detach-device';
      const each = files.map((file) => `virsh ${command} win10 ${file} --live >/dev/null`);
      shell.say(`${each.join(' && ')}; echo done $?`);
    },
    async settled(_direction, startMs) {
      const said = await shell.next();
      if (said !== 'done 0') throw new Error(`virsh: ${said}`);
      return { toldMs: nowMs() - startMs };
    },
    async end() {
      process.kill(service, 'SIGCONT');
      await setTimeout(restMs);
    },
  };
}

async function handglass(): Promise<Contender> {
  const keyboard = talkWith(source, ['--name', benchKeyboard, '--keys']);
  await keyboard.next();
  const guest = talkWith(listener, [`${proxies}/win10-keyboard`, '--grab', '--times']);
  const pointer = talkWith(listener, [`${proxies}/win10-pointer`, '--grab']);
  for (const each of [guest, pointer]) while ((await each.next()) !== 'grabbed');
  const told = await watchSeat();
  return {
    name: 'handglass',
    begin: async () => void (await told.at('host')),
    move: () => keyboard.say('leftctrl+\nrightctrl+\nrightctrl-\nleftctrl-'),
    async settled(direction, startMs) {
      const toldMs = (await told.at(direction === 'give' ? 'win10' : 'host')) - startMs;
      if (direction === 'give') return { toldMs };
      return { toldMs, inputMs: (await releasedMs(guest)) - startMs };
    },
    async end() {},
  };
}

/** The key that the guest still held went up when the keyboard left it. */
async function releasedMs(guest: { next(): Promise<string> }): Promise<number> {
  for (;;) {
    const [seconds, word] = (await guest.next()).split(' ');
    if (word === 'leftctrl-') return Number(seconds) * 1000;
  }
}

/** Hears of the seat as a panel does. */
async function watchSeat(): Promise<{
  /** Resolves with when it was told that the seat, its keyboard plugged in, has come to rest there. */
  at(owner: string): Promise<number>;
}> {
  const client = await connect('ws+unix:/run/handglass/handglass.sock:/');
  const changes = new EventTarget();
  const rest: { at: string | null; sinceMs: number } = { at: null, sinceMs: nowMs() };
  void (async () => {
    for await (const { seats } of client.states()) {
      const [seat] = seats;
      const hasKeyboard = seat?.devices.some(({ kind, present }) => kind === 'input' && present);
      const now = hasKeyboard && !seat?.moving ? (seat?.owner ?? null) : null;
      if (now !== rest.at) rest.sinceMs = nowMs();
      rest.at = now;
      changes.dispatchEvent(new Event('state'));
    }
  })();
  return {
    async at(owner) {
      while (rest.at !== owner) await once(changes, 'state');
      return rest.sinceMs;
    },
  };
}

function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
