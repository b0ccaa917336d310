/** The domain's own QEMU reads the proxies here, as on a real machine, and tells what it has read. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Conversation, converse } from '../lab/guest/input/conversation.ts';
import { buildInputPrograms } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import {
  configure,
  inputSeat,
  keyboard,
  listen,
  reports,
  type Service,
  serviceIn,
} from './desk.ts';
import { silence } from './silence.ts';

const { source } = buildInputPrograms();

let lab: Lab;
let service: Service;
let host: Conversation;
const sh = (script: string) => output(lab, script);
const told = `/var/log/libvirt/qemu/win10.log`;

/** As a user does with `virsh edit`; the trace is for us. */
const addInput = `
  virsh dumpxml --inactive win10 > /tmp/win10.xml
  handglass input --domain win10 --xml > /tmp/input.xml
  sed -i -e '/<devices>/r /tmp/input.xml' \\
    -e "s|<domain type='qemu'>|<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>|" \\
    -e "s|</domain>|<qemu:commandline><qemu:arg value='-trace'/><qemu:arg value='input_event_key_qcode'/></qemu:commandline></domain>|" \\
    /tmp/win10.xml
  virsh define --validate /tmp/win10.xml`;

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  const seat = inputSeat.replace('}]', '}, { name = "Test-keyboard" }]');
  await configure(lab, `${seat}on-pause = "stay"`);
  await sh(addInput);
  host = await listen(lab, keyboard);
});

afterAll(() => lab.end());

beforeEach(async () => {
  await sh(`virsh list --name | grep -qx win10 || virsh start win10`);
  await service.give('host');
});

async function expectHostTypes(): Promise<void> {
  await lab.control('key a');
  expect(await reports(host, 2)).toBe('a+, a-');
}

/** What QEMU's input layer was given: its own names of keys. */
async function expectGuestTypes(key: string): Promise<void> {
  await lab.control(`key ${key}`);
  await until(lab, `grep -q 'key qcode ${key}, down 1' ${told}`);
  await until(lab, `grep -q 'key qcode ${key}, down 0' ${told}`);
}

test('the domain takes what `handglass input --xml` prints, and types', async () => {
  await service.give('win10');
  await expectGuestTypes('b');
  await service.give('host');
  await expectHostTypes();
});

test('a restart of the service leaves the domain its keyboard', async () => {
  await sh('systemctl restart handglass');
  await service.give('win10');
  await expectGuestTypes('c');
});

test.each([
  ['is killed', 'kill -KILL'],
  ['is stopped, as if it hung', 'kill -STOP'],
])('the seat comes back by itself when QEMU %s', async (_name, kill) => {
  await service.give('win10');
  const pid = await sh('pgrep -f [g]uest=win10');
  await sh(`${kill} ${pid}`);
  await service.owner('host');
  await expectHostTypes();
  await sh(`kill -CONT ${pid} 2>/dev/null || true`);
  await until(lab, 'virsh domstate win10');
});

test('a domain that is paused leaves the chord its way home, and types on when it goes on', async () => {
  await service.give('win10');
  await sh('virsh suspend win10');
  await lab.control('key leftctrl+rightctrl');
  expect(await reports(host, 2)).toBe('rightctrl-, leftctrl-');
  await service.owner('host');
  await expectHostTypes();
  await sh('virsh resume win10');
  await service.give('win10');
  await expectGuestTypes('d');
});

test('QEMU is killed while a key is typed: the host has the key from then on', async () => {
  const device = converse(lab, [source, '--name', 'Test-keyboard', '--keys']);
  const node = await device.next();
  await service.until(/"selector":"Test-keyboard"[^}]*"present":true,"with":"host","problem":null/);
  await service.give('win10');
  console.log(await silence(lab, service, { device, node, program: 'guest=win10' }));
  await device.end();
});

test('a domain that is shut off gives the seat back', async () => {
  await service.give('win10');
  await sh('virsh destroy win10');
  await service.owner('host');
  await expectHostTypes();
});

test('a domain that starts with the host has the keyboard, and then the seat, by itself', async () => {
  await configure(lab, `${inputSeat}on-start = "give"`);
  await sh('virsh destroy win10 && virsh autostart win10');
  await lab.reboot();
  service = serviceIn(lab);
  await service.owner('win10');
  await expectGuestTypes('e');
});
