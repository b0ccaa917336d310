/** One virtual host for all, since to boot it takes longer than these tests. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { driveAlias } from '../../src/domain/optical-drive.ts';
import { type Service, serviceIn } from '../input/desk.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { output, until } from '../lab/shell.ts';
import { type Asker, askerIn, describeDomains } from './contract.ts';

let lab: Lab;
const sh = (script: string) => output(lab, script);

beforeAll(async () => {
  lab = await bootLab({ boot: 'bare' });
});

afterAll(() => lab.end());

/** As in a script of a user's own, with a monitor on a pipe for the test. */
function qemu(place: string): string {
  const machine = '-machine q35,accel=tcg -cpu qemu64 -m 64 -display none -nodefaults';
  return `qemu-system-x86_64 ${machine} -device qemu-xhci -device virtio-scsi-pci -daemonize -pidfile ${place}.pid \
    -qmp unix:${place}.qmp,server=on,wait=off`;
}

const place = '/run/win10';
const isRunning = `kill -0 $(cat ${place}.pid 2>/dev/null) 2>/dev/null`;
const monitor = `-chardev pipe,id=monitor,path=${place}.monitor -mon monitor`;
const pipes = `${place}.monitor.in ${place}.monitor.out`;

describeDomains('a QEMU without libvirt', () => ({
  lab,
  adapter: ['qemu', `${place}.qmp`],
  ways: {
    start: `${isRunning} || { rm -f ${pipes}; mkfifo ${pipes}; ${qemu(place)} ${monitor}; }`,
    pause: `echo stop > ${place}.monitor.in`,
    resume: `echo cont > ${place}.monitor.in`,
    kill: `kill -KILL $(cat ${place}.pid)`,
    pid: `cat ${place}.pid`,
  },
}));

describeDomains('a domain of libvirt', () => ({
  lab,
  adapter: ['libvirt'],
  ways: {
    start: 'virsh list --name | grep -qx win10 || virsh start win10',
    pause: 'virsh suspend win10',
    resume: 'virsh resume win10',
    kill: 'kill -KILL $(pgrep -f [g]uest=win10)',
    pid: 'pgrep -f [g]uest=win10',
  },
}));

test('a QEMU whose user may not open the device refuses it, and says what that user lacks', async () => {
  await sh(`runuser -u alice -- ${qemu('/tmp/alice')}`);
  const asker = askerIn(lab, ['qemu', '/tmp/alice.qmp']);
  const mouse = await asker.device('MOUSE1');
  const node = `/dev/bus/usb/00${mouse.bus}/${String(mouse.device).padStart(3, '0')}`;
  await expect(asker.ask('attach', mouse)).rejects.toMatchObject({
    name: 'DomainRefusal',
    message: `failed to open host usb device ${mouse.bus}:${mouse.device}; its user has to be let read and write ${node}`,
  });
  expect(await asker.ask('attached')).toEqual([]);
  await asker.end();
  await sh('kill -KILL $(cat /tmp/alice.pid)');
});

describe('optical drives', () => {
  const disc = '/dev/sr0';
  const empty = '/dev/sr1';
  const byId = '/dev/disk/by-id/ata-QEMU_DVD-ROM_QM00001';
  let asker: Asker;

  afterEach(async () => {
    await asker.end();
    await sh('kill -KILL $(cat /run/drives.pid)');
  });

  async function start(user = 'root'): Promise<void> {
    await sh(`install -d -o ${user} /run/drives
      runuser -u ${user} -- ${qemu('/run/drives/win10')}
      mv /run/drives/win10.pid /run/drives.pid`);
    asker = askerIn(lab, ['qemu', '/run/drives/win10.qmp']);
  }

  test('one with a disc, one without, and one by its link are plugged in and out, again and again', async () => {
    await start();
    for (const path of [disc, empty, byId, disc]) {
      await asker.ask('attachDrive', path);
      expect(await asker.ask('drives')).toEqual([driveAlias(path)]);
      await asker.ask('detachDrive', path);
      expect(await asker.ask('drives')).toEqual([]);
    }
  });

  test('several are there at once, one of them only once, and each goes by itself', async () => {
    await start();
    await asker.ask('attachDrive', disc);
    await asker.ask('attachDrive', empty);
    await expect(asker.ask('attachDrive', disc)).rejects.toMatchObject({ name: 'DomainRefusal' });
    await asker.ask('detachDrive', disc);
    expect(await asker.ask('drives')).toEqual([driveAlias(empty)]);
  });

  test('a user of QEMU who may not open one is told what is lacking', async () => {
    await start('alice');
    await expect(asker.ask('attachDrive', disc)).rejects.toMatchObject({
      name: 'DomainRefusal',
      message: expect.stringMatching(
        /^Could not open '(\/dev\/sg\d)': Permission denied; its user has to be let read and write \1$/,
      ) as string,
    });
    expect(await asker.ask('drives')).toEqual([]);
  });
});

describe('the service', () => {
  const config = `
[[qemu]]
name = "own"
socket = "/run/own.qmp"

[[seat]]
name = "desk"
domains = ["own"]
usb = [{ serial = "MOUSE1" }]
optical = ["/dev/sr0"]
`;
  let service: Service;

  beforeAll(async () => {
    service = serviceIn(lab);
    await sh(`cat > /etc/handglass/handglass.toml <<'END'\n${config}\nEND`);
    await sh(`mkdir -p /run/handglass
      RUNTIME_DIRECTORY=/run/handglass STATE_DIRECTORY=/tmp handglass daemon > /tmp/daemon.log 2>&1 & echo $! > /run/daemon.pid`);
    await service.until(/"state":"shut off"/);
  });

  afterAll(async () => {
    await sh('kill $(cat /run/daemon.pid)');
  });

  test('gives a seat to a QEMU without libvirt, takes it back, and needs no libvirt for it', async () => {
    expect((await lab.sh('handglass give desk own')).stderr).toContain(
      'The domain "own" is not running',
    );
    await sh(qemu('/run/own'));
    await service.until(/"state":"running"/);
    await service.give('own');
    expect(JSON.parse(await sh('handglass status --json'))).toMatchObject({
      seats: [
        {
          devices: [
            { kind: 'usb', with: 'own', problem: null },
            { kind: 'optical', name: 'QEMU QEMU DVD-ROM', with: 'own', problem: null },
          ],
        },
      ],
      domains: [{ name: 'own' }],
      problems: [],
    });
    await service.give('host');
    expect(await sh('pgrep -x virsh || true')).toBe('');
  });

  test('gives no drive whose disc is mounted, nor anything else of the seat then', async () => {
    await sh('mount -o ro /dev/sr0 /mnt');
    expect((await lab.sh('handglass give desk own')).stderr).toContain(
      'QEMU QEMU DVD-ROM (/dev/sr0): /dev/sr0 is mounted on /mnt.',
    );
    await service.until(/It cannot leave the host: \/dev\/sr0 is mounted on \/mnt/);
    await sh('umount /mnt');
    await service.give('own');
    await service.give('host');
  });

  test('has the seat with the host again when that QEMU is killed', async () => {
    await service.give('own');
    await sh('kill -KILL $(cat /run/own.pid)');
    await service.owner('host');
    await service.until(/"state":"shut off"/);
    await until(lab, 'test -e /dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse');
  });
});
