/** What becomes of a seat when its domain's life, or a device's presence, changes. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SurveyedController } from '../../src/usb/survey.ts';
import { listen, mouse, proxies, type Service, serviceIn } from '../input/desk.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';

let lab: Lab;
let service: Service;
const sh = (script: string) => output(lab, script);
const eventually = (script: string) => until(lab, script);

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await sh('virsh start win10');
});

afterAll(() => lab.end());

beforeEach(async () => {
  await sh('virsh list --name | grep -qx win10 || virsh start win10');
  await service.give('host');
  await eventually(`test -e ${mouse}`);
});

async function configure(key: string, value: string): Promise<void> {
  await sh(
    `sed -i 's/^#* *${key} = .*/${key} = "${value}"/' /etc/handglass/handglass.toml && handglass config check && systemctl restart handglass`,
  );
}

/** How many devices are on the ports of the domain's own USB controller. */
async function expectInDomain(count: number): Promise<void> {
  await eventually(
    `test "$(virsh qemu-monitor-command win10 --hmp 'info usb' | grep -c Device)" = ${count}`,
  );
  await eventually(`test "$(virsh dumpxml win10 | grep -c '<hostdev ')" = ${count}`);
}

function expectJournal(line: string): Promise<string> {
  return eventually(`journalctl -u handglass -o cat | grep -qF '${line}'`);
}

test('a device that is pulled out leaves no phantom, and goes back when it is plugged in', async () => {
  await service.give('win10');
  await expectInDomain(2);
  for (let round = 0; round < 3; round += 1) {
    await sh('labctl unplug stick');
    await expectInDomain(1);
    await sh('labctl plug stick');
    await expectInDomain(2);
  }
  await service.until(/"owner":"win10".*"problems":\[\]/);
});

test('where each device is, and by which controller, is listed', async () => {
  await service.give('win10');
  await expectInDomain(2);
  type Controller = Pick<SurveyedController, 'driver' | 'resetMethods' | 'iommuGroup' | 'buses'>;
  const controllers = JSON.parse(await sh('handglass usb --json')) as Controller[];
  const devices = controllers.flatMap(({ buses }) =>
    buses.flatMap(({ ports }) => ports.flatMap(({ device }) => device ?? [])),
  );
  const holders = Object.fromEntries(devices.map(({ serial, with: holder }) => [serial, holder]));
  expect(holders).toMatchObject({ MOUSE1: 'win10', STICK1: 'win10', KBD1: 'host' });
  expect(controllers[0]).toMatchObject({
    driver: 'xhci_hcd',
    iommuGroup: expect.anything() as unknown,
  });
});

test('a device that is plugged in while the host has its seat stays there', async () => {
  await sh('labctl unplug mouse');
  await eventually(`test ! -e ${mouse}`);
  await sh('labctl plug mouse');
  await eventually(`test -e ${mouse}`);
  await expectInDomain(0);
});

test('a device that falls to a driver of the host goes to its domain anew', async () => {
  // In QEMU's place, so that the keyboard goes too.
  const readers = [];
  for (const kind of ['keyboard', 'pointer']) {
    readers.push(await listen(lab, `${proxies}/win10-${kind}`, '--grab'));
  }
  await service.give('win10');
  await expectInDomain(2);
  await sh('echo 1-2:1.0 > /sys/bus/usb/drivers/usbhid/bind');
  await expectJournal('had fallen to a driver of the host');
  await eventually(`test ! -e ${mouse}`);
  await expectInDomain(2);
  await service.give('host');
  for (const reader of readers) await reader.end();
});

test('what a killed QEMU leaves without a driver has it again', async () => {
  expect(await sh('stat -c "%U:%G %a" /sys/bus/usb/drivers_probe')).toBe('root:handglass 220');
  await service.give('win10');
  await eventually(`test ! -e ${mouse}`);
  await sh('kill -KILL $(pgrep -f [g]uest=win10)');
  await eventually(`virsh domstate win10 | grep -q 'shut off'`);
  await service.owner('host');
  await eventually(`test -e ${mouse}`);
  await expectJournal('has its driver again');
});

test('what a killed service has told the kernel of grace periods is put right', async () => {
  const told = '/sys/kernel/rcu_expedited';
  expect(await sh(`cat ${told}`)).toBe('0');
  await sh(`echo 18503 > ${told} && systemctl kill --signal=KILL handglass`);
  await eventually(`grep -qx 0 ${told}`);
  await service.owner('host');
});

test('a seat comes back from a domain that is paused', async () => {
  await service.give('win10');
  await sh('virsh suspend win10');
  await service.owner('host');
  await expectJournal('desk: with host (win10 is paused)');
  await eventually(`test -e ${mouse}`);
  await sh('virsh resume win10');
});

test('a seat comes back while the host sleeps, and is given again', async () => {
  await configure('on-suspend', 'host');
  await service.give('win10');
  // As far as a sleep goes without a machine that does: all is frozen for 5 s.
  await sh('echo freezer > /sys/power/pm_test && systemctl suspend');
  await expectJournal('desk: with host (the host goes to sleep)');
  await expectJournal('desk: with win10 (the host is awake again)');
  const told = (await sh('journalctl -o cat')).split('\n');
  const lineOf = (text: string) => told.findIndex((line) => line.includes(text));
  expect(lineOf('the host goes to sleep')).toBeLessThan(lineOf('PM: suspend entry'));
  await expectInDomain(2);
});

test('a domain that is undefined while it runs keeps the seat until it ends', async () => {
  await sh('virsh dumpxml --inactive win10 > /tmp/win10.xml');
  await service.give('win10');
  await sh('virsh undefine win10');
  await expectInDomain(2);
  await service.owner('win10');
  await sh('virsh destroy win10');
  await service.owner('host');
  await eventually(`test -e ${mouse}`);
  expect((await lab.sh('handglass give desk win10')).stderr).toContain(
    'There is no domain "win10"',
  );
  await sh('virsh define /tmp/win10.xml');
});

test('a domain that is renamed is another one, until it has its name again', async () => {
  await sh('virsh destroy win10 && virsh domrename win10 win11');
  expect((await lab.sh('handglass give desk win10')).stderr).toContain(
    'There is no domain "win10"',
  );
  await sh('virsh domrename win11 win10 && virsh start win10');
  await service.give('win10');
  await expectInDomain(2);
});

test('a domain that is saved has not the seat, and has it again when it goes on', async () => {
  // Libvirt saves no domain that has Looking Glass' shared memory.
  await sh(`virsh destroy win10
    virsh dumpxml --inactive win10 > /tmp/win10.xml
    sed '/<shmem/,/<\\/shmem>/d' /tmp/win10.xml > /tmp/saved.xml
    virsh define /tmp/saved.xml && virsh start win10`);
  await service.give('win10');
  await sh('virsh managedsave win10');
  await service.owner('host');
  await eventually(`test -e ${mouse}`);
  expect((await lab.sh('handglass give desk win10')).stderr).toContain(
    'The domain "win10" is not running (shut off).',
  );
  await sh('virsh start win10');
  await service.owner('win10');
  await expectInDomain(2);
  await service.give('host');
  await expectInDomain(0);
  await sh('virsh destroy win10 && virsh define /tmp/win10.xml');
});

test('a seat goes to a domain that starts, and is back when that ends', async () => {
  await configure('on-start', 'give');
  await sh('virsh destroy win10');
  await eventually(`virsh domstate win10 | grep -q 'shut off'`);
  await sh('virsh start win10');
  await expectJournal('desk: with win10 (win10 has started)');
  await expectInDomain(2);
  await sh('virsh destroy win10');
  await expectJournal('desk: with host (win10 has ended)');
});
