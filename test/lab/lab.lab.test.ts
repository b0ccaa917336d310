import { afterAll, beforeAll, expect, test } from 'vitest';
import { bootLab, type Lab } from './lab.ts';
import { output, until } from './shell.ts';

const keyboard = '/dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard_KBD1-event-kbd';
const keyboard2 = '/dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard_KBD2-event-kbd';
const mouse = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';
const [keyEvent, relativeEvent] = [1, 2];
const [keyA, keyB] = [30, 48];
const [relX, relY] = [0, 1];

let lab: Lab;

beforeAll(async () => {
  lab = await bootLab({ boot: 'bare' });
});

afterAll(async () => {
  await lab.end();
});

test("a command's streams come apart, with its input and its exit status", async () => {
  const result = await lab.run(['sh', '-c', 'cat; echo wrong >&2; exit 7'], 'größer');

  expect(result).toEqual({ stdout: 'größer', stderr: 'wrong\n', status: 7 });
});

test.each([
  ['true', 0, 'it succeeds'],
  ['kill -9 $$', 137, 'a signal ended it'],
  ['exec nowhere', 127, 'the shell does not find it'],
  ['sleep 1000 & exit 3', 3, 'what it leaves behind does not hold it up'],
])('%s ends with %i: %s', async (script, status) => {
  expect(await lab.sh(script)).toMatchObject({ status });
});

test('a program that does not exist is said on stderr', async () => {
  const { status, stderr } = await lab.run(['nowhere']);

  expect({ status, stderr }).toEqual({ status: 127, stderr: 'nowhere: spawn nowhere ENOENT\n' });
});

test('much output arrives whole', async () => {
  const { stdout } = await lab.sh('seq 200000');

  expect(stdout).toHaveLength(1_288_895);
  expect(stdout.endsWith('\n200000\n')).toBe(true);
});

test('commands run side by side', async () => {
  const waiting = lab.sh('until [ -e /tmp/go ]; do sleep 0.1; done; rm /tmp/go; echo gone');

  await lab.sh('touch /tmp/go');

  expect((await waiting).stdout).toBe('gone\n');
});

test('a typed key arrives at its own keyboard alone', async () => {
  const story = `
    exec 3<${keyboard} 4<${keyboard2}
    labctl key a on keyboard2 && labctl key b
    ${dump(3, 6)}; ${dump(4, 6)}`;

  const events = eventsOf(await output(lab, story));

  expect(events.filter(([type]) => type === keyEvent)).toEqual([
    [keyEvent, keyB, 1],
    [keyEvent, keyB, 0],
    [keyEvent, keyA, 1],
    [keyEvent, keyA, 0],
  ]);
});

test('a keyboard that was plugged in anew is typed on', async () => {
  await lab.control('unplug keyboard');
  await until(lab, `test ! -e ${keyboard}`);
  await lab.control('plug keyboard');
  await until(lab, `test -e ${keyboard}`);

  const events = eventsOf(await output(lab, `exec 3<${keyboard}; labctl key a; ${dump(3, 6)}`));

  expect(events.filter(([type]) => type === keyEvent)).toEqual([
    [keyEvent, keyA, 1],
    [keyEvent, keyA, 0],
  ]);
});

test('a key that is pressed stays down until it is released', async () => {
  const story = `
    exec 3<${keyboard}
    labctl press a && labctl key b && labctl release a
    ${dump(3, 12)}`;

  const events = eventsOf(await output(lab, story));

  expect(events.filter(([type]) => type === keyEvent)).toEqual([
    [keyEvent, keyA, 1],
    [keyEvent, keyB, 1],
    [keyEvent, keyB, 0],
    [keyEvent, keyA, 0],
  ]);
});

test('mouse motion arrives as one report', async () => {
  const events = eventsOf(await output(lab, `exec 3<${mouse}; labctl mouse 3 -4; ${dump(3, 3)}`));

  expect(events).toEqual([
    [relativeEvent, relX, 3],
    [relativeEvent, relY, -4],
    [0, 0, 0],
  ]);
});

test.each([
  ['keyboard', keyboard],
  ['keyboard2', keyboard2],
  ['mouse', mouse],
  ['stick', '/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_STICK1-0:0'],
])('%s is unplugged and plugged in again', async (name, link) => {
  await until(lab, `[ -e ${link} ]`);

  await output(lab, `labctl unplug ${name}`);
  await until(lab, `[ ! -e ${link} ]`);

  await output(lab, `labctl plug ${name}`);
  await until(lab, `[ -e ${link} ]`);
});

test('labctl passes on what was wrong', async () => {
  expect(await lab.sh('labctl unplug moon')).toEqual({
    stdout: '',
    stderr: 'labctl: the device is one of keyboard, mouse, keyboard2, stick, hub, disk\n',
    status: 1,
  });
});

test('the IOMMU is on, with ten groups or more and the spare devices in three of them', async () => {
  const groups = (await output(lab, 'ls /sys/kernel/iommu_groups')).split('\n');
  const spare = await output(
    lab,
    `for slot in /sys/bus/pci/devices/*/; do
       case $(readlink -f $slot) in
       */pci0000:00/*/*) basename $(readlink $slot/iommu_group) ;;
       esac
     done`,
  );

  expect(groups.length).toBeGreaterThanOrEqual(10);
  expect(new Set(spare.split('\n')).size).toBe(3);
});

test('the domain win10 starts, and the tool of its hypervisor answers', async () => {
  await output(lab, 'virsh start win10');

  expect(await output(lab, 'virsh domstate win10')).toBe('running');
  expect(await output(lab, 'virsh qemu-monitor-command win10 --hmp info usb')).toBeDefined();
  await output(lab, 'virsh destroy win10');
});

test('a reset takes the commands with it, keeps the disk and comes up again', async () => {
  const before = await output(lab, 'cat /proc/sys/kernel/random/boot_id; echo kept >/root/file');
  const running = lab.run(['sleep', '1000']);
  const taken = expect(running).rejects.toThrow('A reset ended sleep 1000.');

  await lab.reboot();

  await taken;
  expect(await output(lab, 'cat /proc/sys/kernel/random/boot_id')).not.toBe(before);
  expect(await output(lab, 'cat /root/file')).toBe('kept');
});

/** Reads a number of events from a descriptor, a line each: see input_event(5). */
function dump(descriptor: number, events: number): string {
  return `timeout 30 head -c ${events * 24} <&${descriptor} | od -An -v -w24 -td2`;
}

/** Type, code and value; the value's upper half only repeats the sign here. */
function eventsOf(lines: string): (number | undefined)[][] {
  return lines.split('\n').map((line) => line.trim().split(/\s+/).map(Number).slice(8, 11));
}
