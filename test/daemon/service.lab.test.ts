import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Service, serviceIn } from '../input/desk.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { guestPairing, inGuest, inGuestNetwork, pairGuest } from '../lab/guest/guest-command.ts';
import { converse } from '../lab/guest/input/conversation.ts';
import { nodeCommand, product } from '../lab/guest/input/programs.ts';
import { output, until } from '../lab/shell.ts';

let lab: Lab;
let service: Service;
const sh = (script: string) => output(lab, script);
const eventually = (script: string) => until(lab, script);

const mouse = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await sh('virsh start win10');
});

afterAll(() => lab.end());

beforeEach(async () => {
  await sh('systemctl start handglass');
  await service.give('host');
  await eventually(`test -e ${mouse}`);
});

/** Bus and device numbers of the host devices in the running domain, in order. */
async function inDomain(): Promise<string[]> {
  const xml = await sh('virsh dumpxml win10');
  const hostdevs = xml.matchAll(/<hostdev.*?<address bus='(\d+)' device='(\d+)'/gs);
  return [...hostdevs].map(([, bus, device]) => `${bus}:${device}`).toSorted();
}

/** Where the kernel has the device of a serial number now. */
async function addressOf(serial: string): Promise<string> {
  return sh(
    `cd "$(dirname "$(grep -lx ${serial} /sys/bus/usb/devices/*/serial)")" && echo "$(cat busnum):$(cat devnum)"`,
  );
}

/** A chord shows in the journal when it has done its work. */
async function pressChord(): Promise<void> {
  const done = `journalctl -u handglass -o cat | grep -c '(chord)'`;
  const before = Number((await lab.sh(done)).stdout);
  await sh('labctl key leftctrl+rightctrl');
  await eventually(`test "$(${done})" -gt ${before}`);
}

async function expectGiven(): Promise<void> {
  const expected = [await addressOf('MOUSE1'), await addressOf('STICK1')];
  expect(await inDomain()).toEqual(expected.toSorted());
}

async function expectTaken(): Promise<void> {
  expect(await inDomain()).toEqual([]);
  await eventually(`test -e ${mouse}`);
}

test('the shared memory is there at boot, before libvirt, with its size, owner and mode', async () => {
  expect(
    await sh(
      'systemctl is-active handglass-shm handglass && stat -c "%s %U:%G %a" /dev/shm/looking-glass',
    ),
  ).toBe('active\nactive\n67108864 alice:kvm 660');
  const [made, libvirt] = (
    await sh('systemctl show -P ActiveEnterTimestampMonotonic handglass-shm libvirtd')
  )
    .split('\n')
    .filter(Boolean)
    .map(Number);
  expect(made).toBeLessThan(libvirt ?? 0);
});

test('the service runs as its own user, with the groups that it needs and no capabilities', async () => {
  const status = await sh('cat /proc/$(systemctl show -P MainPID handglass)/status');
  const groups = await sh('getent group input kvm libvirt | cut -d: -f3');
  expect(status).toMatch(new RegExp(`^Uid:\\s+${await sh('id -u handglass')}\\s`, 'm'));
  expect(status).toMatch(/^CapEff:\s+0+$/m);
  const own = /^Groups:\s+(.*)$/m.exec(status)?.[1]?.trim().split(' ');
  expect(own).toEqual(expect.arrayContaining(groups.split('\n')));
});

describe('the toggle chord', () => {
  test('attaches the seat to the domain, and detaches it again', async () => {
    await pressChord();
    await expectGiven();
    await pressChord();
    await expectTaken();
  });

  test('moves the right one of three devices of one vendor and product, ten times out of ten', async () => {
    for (let round = 0; round < 10; round += 1) {
      await pressChord();
      await expectGiven();
      await pressChord();
      await expectTaken();
    }
  }, 600_000);

  test('works again after its keyboard was unplugged and plugged in', async () => {
    const keyboard = '/dev/input/by-id/usb-QEMU_QEMU_USB_Keyboard_KBD1-event-kbd';
    await sh('labctl unplug keyboard');
    await eventually(`test ! -e ${keyboard}`);
    await sh('labctl plug keyboard');
    await eventually(
      `test -e ${keyboard} && ls -l /proc/$(systemctl show -P MainPID handglass)/fd | grep -q "$(readlink -f ${keyboard})$"`,
    );
    await pressChord();
    await expectGiven();
  });
});

describe('the service that ends', () => {
  test('leaves the devices where they are when stopped, and adopts them at its next start', async () => {
    await service.give('win10');
    await sh('systemctl stop handglass');
    expect(await sh('systemctl show -P ExecMainStatus handglass')).toBe('0');
    expect(await inDomain()).toHaveLength(2);
    await sh('systemctl start handglass');
    await service.owner('win10');
    await pressChord();
    await expectTaken();
  });

  test('is started again after SIGKILL, and adopts what it finds', async () => {
    await service.give('win10');
    const before = await sh('systemctl show -P MainPID handglass');
    await sh(`kill -KILL ${before}`);
    await eventually(
      `systemctl is-active handglass && test "$(systemctl show -P MainPID handglass)" != ${before}`,
    );
    await service.owner('win10');
    await sh('handglass toggle desk');
    await expectTaken();
  });

  test('refuses to run twice', async () => {
    const { status, stderr } = await lab.sh(
      'RUNTIME_DIRECTORY=/run/handglass STATE_DIRECTORY=/tmp handglass daemon',
    );
    expect(status).toBe(1);
    expect(stderr).toContain('Only one Handglass service may run');
  });
});

test('a seat is back with the host when its domain is destroyed', async () => {
  await service.give('win10');
  await sh('virsh destroy win10');
  await service.owner('host');
  const { status, stderr } = await lab.sh('handglass give desk win10');
  expect(status).toBe(1);
  expect(stderr).toBe(
    'handglass: The domain "win10" is not running (shut off).\n           Start it: `virsh start win10`.\n',
  );
  await sh('virsh start win10');
});

describe('local control', () => {
  test('is closed to users outside the group handglass', async () => {
    const { status, stderr } = await lab.sh('runuser -u alice -- handglass status');
    expect(status).toBe(5);
    expect(stderr).toContain('usermod -aG handglass');
  });
});

const guest = (words: string) => lab.sh(inGuest(words));

describe('a guest on its own network', () => {
  test('takes the seat and gives it back', async () => {
    await sh(pairGuest);
    expect((await guest('give desk')).stdout).toBe('seat desk: with win10\n');
    expect(await inDomain()).toHaveLength(2);
    expect((await guest('release desk')).stdout).toBe('seat desk: with host\n');
    await expectTaken();
  });

  test('that floods keeps neither a chord nor the command line waiting', async () => {
    // It is not to be dropped before they are through.
    const config = '/etc/handglass/handglass.toml';
    await sh(`cp ${config} /tmp/config.toml
      sed -i '/^\\[server.limits]/a drop-after = 600' ${config} && systemctl restart handglass`);
    await sh(pairGuest);
    const program = `${product}/test/server/flooding-guest.ts`;
    const flood = converse(lab, [inGuestNetwork, ...nodeCommand, program, guestPairing]);
    expect(await flood.next()).toBe('let in');
    await pressChord();
    await expectGiven();
    expect((await lab.sh('handglass give desk host')).stdout).toBe('seat desk: with host\n');
    await expectTaken();
    flood.say('');
    expect(await flood.next()).toBe('dropped 0 times');
    await flood.end();
    await sh(`cp /tmp/config.toml ${config} && systemctl restart handglass`);
  });

  test('has its token kept by itself alone, and its hash by the service alone', async () => {
    await sh(pairGuest);
    const { token } = JSON.parse(await sh(`cat ${guestPairing}`)) as { token: string };
    const [, secret = ''] = token.split('.');
    expect(await sh('stat -c "%U %a" /var/lib/handglass/guests.json')).toBe('handglass 600');
    expect((await lab.sh(`grep -r -- ${secret} /var/lib/handglass /run/handglass`)).status).toBe(1);
    expect(await sh(`stat -c %a ${guestPairing}`)).toBe('600');
  });
});

test('a list of guests that is open to others keeps guests out, and nothing else', async () => {
  const list = '/var/lib/handglass/guests.json';
  await sh(`chmod 644 ${list} && systemctl restart handglass`);
  await service.until(/open to others than its owner/);
  await service.give('win10');
  await service.give('host');
  for (const verb of ['pair win10', 'list'])
    expect((await lab.sh(`handglass guest ${verb}`)).status).toBe(3);
  await sh(`chmod 600 ${list} && systemctl restart handglass`);
  await until(lab, 'handglass guest list | grep -q win10');
});

describe('shared memory', () => {
  const file = '/dev/shm/looking-glass';
  const facts = () => sh(`stat -c '%i %s %U:%G %a %Y %Z %b' ${file}`);

  test('is left untouched where it is right, with fs.protected_regular at its strictest', async () => {
    await sh('sysctl -q fs.protected_regular=2');
    const before = await facts();
    expect(await sh('handglass shm create')).toContain('unchanged');
    expect(await facts()).toBe(before);
  });

  test('has owner and mode repaired while QEMU uses it', async () => {
    const inode = (await facts()).split(' ')[0];
    await sh(`chown root:root ${file} && chmod 600 ${file}`);
    await sh('handglass shm create');
    expect(await facts()).toMatch(new RegExp(`^${inode} 67108864 alice:kvm 660 `));
  });

  test('is never resized while QEMU uses it, and the error says who does', async () => {
    const before = await facts();
    await sh('sed s/2560x1440/3840x2160/ /etc/handglass/handglass.toml > /tmp/larger.toml');
    const { status, stderr } = await lab.sh('handglass shm create --config /tmp/larger.toml');
    expect(status).toBe(1);
    expect(stderr).toContain('in use by the virtual machine win10 (qemu-system-x86_64');
    expect(await facts()).toBe(before);
  });

  test('leaves nothing half made where memory is short', async () => {
    await sh(
      'sed "s/2560x1440/7680x4320/; s#shm/looking-glass#shm/other#" /etc/handglass/handglass.toml > /tmp/huge.toml',
    );
    await sh('mount -o remount,size=128M /dev/shm');
    const { status, stderr } = await lab.sh('handglass shm create --config /tmp/huge.toml');
    await sh('mount -o remount,size=50% /dev/shm');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /There is no room for the 512 MiB of \/dev\/shm\/other: \d+ MiB are missing/,
    );
    expect((await lab.sh('test -e /dev/shm/other')).status).toBe(1);
  });
});

test('after a reset of the host everything is there again', async () => {
  await service.give('win10');
  await lab.reboot();
  // Of several units `is-active` asks for one alone.
  for (const unit of ['handglass-shm', 'handglass']) {
    await eventually(`systemctl is-active --quiet ${unit} || ! systemctl status ${unit}`);
  }
  expect(await sh('stat -c "%s %U:%G %a" /dev/shm/looking-glass')).toBe('67108864 alice:kvm 660');
  expect(await sh('handglass status')).toContain('seat desk: with host');
  await sh('virsh start win10');
  await pressChord();
  await expectGiven();
});
