import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Conversation } from '../lab/guest/input/conversation.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import {
  blockJavaScript,
  configure,
  inputSeat,
  keyboard,
  keyboard2,
  listen,
  proxies,
  report,
  reports,
  type Service,
  serviceIn,
} from './desk.ts';

let lab: Lab;
let service: Service;
let guest: Conversation;
let guestPointer: Conversation;
let host: Conversation;
const sh = (script: string) => output(lab, script);
const key = (keys: string) => lab.control(`key ${keys}`);

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await sh('virsh start win10');
  await configure(lab, inputSeat);
  guest = await listen(lab, `${proxies}/win10-keyboard`, '--grab');
  guestPointer = await listen(lab, `${proxies}/win10-pointer`, '--grab');
  host = await listen(lab, keyboard);
});

afterAll(() => lab.end());

beforeEach(async () => {
  await service.give('host');
});

/** Types a key; every report before it must have been read. */
async function expectTyped(reader: Conversation, letter: string): Promise<void> {
  await key(letter);
  expect(await reports(reader, 2)).toBe(`${letter}+, ${letter}-`);
}

/** The chord, all of which the host sees: on a busy machine long before the switchboard does. */
async function askByChord(): Promise<void> {
  await key('leftctrl+rightctrl');
  expect(await reports(host, 4)).toBe('leftctrl+, rightctrl+, rightctrl-, leftctrl-');
}

/** What is pressed before the switchboard has seen the chord is the host's. */
async function giveByChord(): Promise<void> {
  await askByChord();
  await moveUntilSeen();
}

/** Moves the mouse until the guest sees it, and all of that. */
async function moveUntilSeen(): Promise<void> {
  const seen = report(guestPointer);
  const notYet = Symbol('not yet');
  do await lab.control('mouse 1 0');
  while ((await Promise.race([seen, setTimeout(100, notYet)])) === notYet);
  await lab.control('mouse 0 7');
  while ((await report(guestPointer)) !== 'rel_y=7');
}

/** By the chord, of which the guest sees its first key alone, and the host the last release. */
async function takeByChord(): Promise<void> {
  await lab.control('press leftctrl+rightctrl');
  expect(await reports(guest, 2)).toBe('leftctrl+, leftctrl-');
  await lab.control('release leftctrl+rightctrl');
  expect(await reports(host, 2)).toBe('rightctrl-, leftctrl-');
}

/** The keyboard is back, and with the guest that has its seat. */
async function replugged(): Promise<void> {
  await service.until(/"selector":"KBD1"[^}]*"present":false/);
  await lab.control('plug keyboard');
  // Not before udev has set its rights.
  await service.until(/"selector":"KBD1"[^}]*"present":true,"with":"win10","problem":null/);
  await until(lab, `test -e ${keyboard}`);
  host = await listen(lab, keyboard);
}

test('the desktop, logind and who sits at the machine are kept from the proxies', async () => {
  const properties = await sh(
    `for each in keyboard pointer; do udevadm info -q property ${proxies}/win10-$each; done`,
  );
  expect(properties.match(/^LIBINPUT_IGNORE_DEVICE=1$/gm)).toHaveLength(2);
  expect(properties).not.toMatch(/^ID_INPUT\w*=1$|:(seat|uaccess|power-switch):/m);
});

test('the threads that forward are real-time threads', async () => {
  // Fields 40 and 41 of proc_pid_stat(5) are the priority and the policy; SCHED_FIFO is 1.
  const threads = await sh(
    `cd /proc/$(systemctl show -P MainPID handglass)/task && for each in $(grep -lx switchboard */comm); do
      awk '{ print $40, $41 }' \${each%comm}stat
    done`,
  );
  expect(new Set(threads.trim().split('\n'))).toEqual(new Set(['5 1']));
});

test('what is typed arrives on the side that has the seat, and nowhere else', async () => {
  await expectTyped(host, 'a');
  await service.give('win10');
  await expectTyped(guest, 'b');
  await service.give('host');
  await expectTyped(host, 'c');
});

test('the mouse goes with the keyboard', async () => {
  await service.give('win10');
  await lab.control('mouse 5 -3');
  expect(await report(guestPointer)).toBe('rel_x=5 rel_y=-3');
});

test('the chord hands the seat over and back, and the guest does not see it', async () => {
  await giveByChord();
  await expectTyped(guest, 'a');
  await takeByChord();
  await expectTyped(host, 'b');
});

test('a chord may be split over two keyboards', async () => {
  await configure(lab, inputSeat.replace('{ serial = "MOUSE1" }', '{ serial = "KBD2" }'));
  const other = await listen(lab, keyboard2);
  await lab.control('press leftctrl');
  expect(await report(host)).toBe('leftctrl+');
  await lab.control('key rightctrl on keyboard2');
  expect(await reports(other, 2)).toBe('rightctrl+, rightctrl-');
  await lab.control('release leftctrl');
  expect(await report(host)).toBe('leftctrl-');
  await other.end();
  await service.owner('win10');
  await expectTyped(guest, 'a');
  await configure(lab, inputSeat);
});

test('a key that is held on the way back is released in the guest and not pressed on the host', async () => {
  await giveByChord();
  await lab.control('press w');
  expect(await report(guest)).toBe('w+');
  await service.give('host');
  expect(await report(guest)).toBe('w-');
  await lab.control('release w');
  expect(await report(host)).toBe('w-');
});

test('a key that is held on the way to the guest keeps the seat on the host until it is up', async () => {
  await lab.control('press w');
  expect(await report(host)).toBe('w+');
  const giving = service.give('win10');
  await service.until(/"moving":true/);
  await lab.control('release w');
  await giving;
  expect(await report(host)).toBe('w-');
  await expectTyped(guest, 'a');
});

describe('with JavaScript blocked and a configuration that is broken', () => {
  test('the chords go on working, panic too', async () => {
    const config = '/etc/handglass/handglass.toml';
    await sh(`cp ${config} /tmp/right.toml && echo '[[' >> ${config}`);
    onTestFinished(async () => void (await sh(`cp /tmp/right.toml ${config}`)));
    await giveByChord();
    const end = await blockJavaScript(lab);
    onTestFinished(end);
    await takeByChord();
    await expectTyped(host, 'a');
    await giveByChord();
    await expectTyped(guest, 'b');
    await lab.control('press leftctrl+leftalt+pause');
    expect(await reports(guest, 3)).toBe('leftctrl+, leftalt+, leftctrl- leftalt-');
    await lab.control('release leftctrl+leftalt+pause');
    expect(await reports(host, 3)).toBe('pause-, leftalt-, leftctrl-');
    await expectTyped(host, 'c');
  });
});

test('a key that is held while the keyboard is unplugged is released in the guest', async () => {
  await giveByChord();
  await lab.control('press w');
  expect(await report(guest)).toBe('w+');
  await lab.control('unplug keyboard');
  await until(lab, `! test -e ${keyboard}`);
  expect(await report(guest)).toBe('w-');
  await replugged();
  // It is up on the keyboard that has come, whatever was held on the one that went.
  await lab.control('release w');
  await expectTyped(guest, 'a');
});

test('a keyboard that is plugged in while the guest has the seat goes to the guest', async () => {
  await service.give('win10');
  await lab.control('unplug keyboard');
  await until(lab, `! test -e ${keyboard}`);
  await replugged();
  await expectTyped(guest, 'a');
});

describe('a domain that lets go of its keyboard', () => {
  test('gives the seat back by itself', async () => {
    await service.give('win10');
    guest.say('ungrab');
    expect(await guest.next()).toBe('ungrabbed');
    await service.owner('host');
    await expectTyped(host, 'a');
  });

  test('cannot have it', async () => {
    expect((await lab.sh('handglass give desk win10')).stderr).toMatch(
      /Nothing in "win10" reads the keyboard and mouse/,
    );
    await askByChord();
    await service.until(/Nothing in/);
    guest.say('grab');
    expect(await guest.next()).toBe('grabbed');
    await service.give('win10');
    await service.until(/^((?!Nothing in).)*$/);
  });
});

test('a keyboard that another program has grabbed stays, and so does the seat', async () => {
  const other = await listen(lab, keyboard, '--grab');
  const { stderr, status } = await lab.sh('handglass give desk win10');
  expect({ stderr, status }).toEqual({
    stderr: expect.stringMatching(/cannot be taken from the host: EBUSY/),
    status: 1,
  });
  await other.end();
  await lab.control('mouse 1 1');
  await expectTyped(host, 'a');
});

test('the service is killed: the host types at once, and the guest has the seat again later', async () => {
  await service.give('win10');
  await lab.control('press w');
  expect(await report(guest)).toBe('w+');
  const pid = await sh('systemctl show -P MainPID handglass');
  await sh('systemctl kill -s KILL handglass');
  await until(lab, `! test -e /proc/${pid}`);
  await lab.control('release w');
  expect(await report(host)).toBe('w-');
  expect(await report(guest)).toBe('w-');
  await expectTyped(host, 'a');
  await service.give('win10');
  await expectTyped(guest, 'b');
});

test('each side has its own LEDs', async () => {
  const node = await sh(`basename $(readlink -f ${keyboard})`);
  const lit = (value: 0 | 1) =>
    until(lab, `grep -q ${value} /sys/class/input/${node}/device/*::capslock/brightness`);
  host.say('led capsl 1');
  await lit(1);
  await service.give('win10');
  await lit(0);
  guest.say('led capsl 1');
  await lit(1);
  guest.say('led capsl 0');
  await lit(0);
  await service.give('host');
  await lit(1);
});

const writesDown = (to: string) => `
[[on-give]]
seat = "desk"
to = "${to}"
run = ["sh", "-c", "echo ${to} >> /var/lib/handglass/followed"]`;

describe('what the configuration can say', () => {
  test('a seat that swallows is always taken, and the desktop has it from a proxy', async () => {
    await configure(lab, `${inputSeat}swallow = true`);
    const desktop = await listen(lab, `${proxies}/host-keyboard`);
    await expectTyped(desktop, 'a');
    await key('leftctrl+rightctrl');
    expect(await reports(desktop, 2)).toBe('leftctrl+, leftctrl-');
    await expectTyped(guest, 'b');
    await key('leftctrl+rightctrl');
    expect(await reports(guest, 2)).toBe('leftctrl+, leftctrl-');
    await expectTyped(desktop, 'c');
    await desktop.end();
  });

  test('two seats are with two domains at once, and one comes back without the other', async () => {
    await sh(`virsh dumpxml win10 --inactive |
      sed 's/win10/win11/; /<uuid>/d; /<mac /d; /<shmem/,/<.shmem>/d' > /tmp/win11.xml`);
    await sh('virsh define /tmp/win11.xml && virsh start win11');
    const sofa = 'name = "sofa"\ndomains = ["win11", "win10"]\ninput = [{ serial = "KBD2" }]';
    await configure(lab, `${inputSeat}[[seat]]\n${sofa}`);
    const other = await listen(lab, `${proxies}/win11-keyboard`, '--grab');
    const onSofa = await listen(lab, keyboard2);
    host = await listen(lab, keyboard);
    const expectOther = async (letter: string) => {
      await lab.control(`key ${letter} on keyboard2`);
      expect(await reports(other, 2)).toBe(`${letter}+, ${letter}-`);
    };

    await giveByChord();
    await lab.control('key leftctrl+rightctrl on keyboard2');
    expect(await reports(onSofa, 4)).toBe('leftctrl+, rightctrl+, rightctrl-, leftctrl-');
    await service.until(/"name":"sofa","owner":"win11"/);
    await expectOther('a');
    await expectTyped(guest, 'b');
    await sh('virsh destroy win11');
    await service.until(/"name":"sofa","owner":"host"/);
    await lab.control('key c on keyboard2');
    expect(await reports(onSofa, 2)).toBe('c+, c-');
    await expectTyped(guest, 'd');
    await other.end();
  });

  test('a program follows the seat', async () => {
    await configure(lab, inputSeat + writesDown('win10') + writesDown('host'));
    host = await listen(lab, keyboard);
    await service.give('win10');
    await until(lab, 'grep -qx win10 /var/lib/handglass/followed');
    await service.give('host');
    await until(lab, `test "$(cat /var/lib/handglass/followed | tr '\\n' ' ')" = 'win10 host '`);
  });
});
