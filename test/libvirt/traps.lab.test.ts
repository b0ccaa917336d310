/** What libvirt refuses, or does not tell of: each provoked for real, and what becomes of the seat. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { aliasFor } from '../../src/domain/usb-hostdev.ts';
import { type Asker, askerIn } from '../domain/contract.ts';
import {
  keyboard,
  listen,
  mouse,
  proxies,
  reports,
  type Service,
  serviceIn,
} from '../input/desk.ts';
import { nodeCommand, product } from '../lab/guest/input/programs.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';
import {
  blindSeats,
  configure,
  expectRefused,
  foreign,
  keyboardSeat,
  makeDomains,
  seats,
} from './traps-desk.ts';

let lab: Lab;
let service: Service;
let asker: Asker;
const sh = (script: string) => output(lab, script);
const eventually = (script: string) => until(lab, script);
const give = (seat: string, to: string) => lab.sh(`handglass give ${seat} ${to}`);

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await configure(lab, seats);
  await makeDomains(lab, {
    small: `s/ports='8'/ports='1'/`,
    bare: `s/model='qemu-xhci' ports='8'/model='none'/`,
  });
  asker = askerIn(lab, ['libvirt']);
});

afterAll(() => lab.end());

beforeEach(async () => {
  await sh('virsh list --name | grep -qx win10 || virsh start win10');
  await service.give('host');
  await eventually(`test -e ${mouse}`);
});

/** Nothing is left of what was refused. */
afterEach(async () => {
  for (const domain of await running())
    expect([domain, await hostdevs(domain)]).toEqual([domain, 0]);
});

async function running(): Promise<string[]> {
  return (await sh('virsh list --name')).split('\n').filter(Boolean);
}

async function hostdevs(domain: string): Promise<number> {
  return Number(await sh(`virsh dumpxml ${domain} | grep -c '<hostdev ' || true`));
}

async function foreignDevice(serial: string): Promise<string> {
  const { bus, device } = await asker.device(serial);
  return foreign(lab, `<address bus="${bus}" device="${device}"/>`);
}

const attached = () => asker.ask('attached');

const aliasOf = async (serial: string) => aliasFor((await asker.device(serial)).port);

describe('which device', () => {
  test('of three of one model libvirt takes none, and the service names a selector for each', async () => {
    const file = await foreign(lab, '<vendor id="0x0627"/><product id="0x0001"/>');
    for (const owner of ['win10', 'host']) {
      await service.give(owner);
      expect((await lab.sh(`virsh attach-device win10 ${file} --live`)).stderr).toContain(
        'Multiple USB devices for 627:1, use <address> to specify one',
      );
    }
    expectRefused(
      await give('twins', 'win10'),
      '3 USB devices match 0627:0001.',
      'Select one: ',
      'QEMU USB Keyboard is { serial = "KBD2" }',
      'QEMU USB Mouse is { serial = "MOUSE1" }',
    );
  });

  test('an address at which something else is plugged in takes nothing', async () => {
    const device = { ...(await asker.device('MOUSE1')), vendor: '9999' };
    await expect(asker.ask('attach', device)).rejects.toMatchObject({
      name: 'DomainRefusal',
      message: expect.stringContaining('Did not find USB device 9999:0001') as string,
    });
  });

  test('one that is plugged in anew just as it is to go is looked for again, and goes', async () => {
    const before = await asker.device('STICK1');
    await asker.ask('giveReplugged');
    const now = await asker.device('STICK1');
    expect(now.device).not.toBe(before.device);
    expect(await attached()).toMatchObject([{ bus: now.bus, device: now.device }]);
    await service.give('host');
  });
});

describe('another program', () => {
  test('that has lent the device to another domain keeps it, and the seat stays whole', async () => {
    await sh(
      `virsh start small && virsh attach-device small ${await foreignDevice('MOUSE1')} --live`,
    );
    expectRefused(
      await give('desk', 'win10'),
      /The USB devices could not go to win10\. .*USB Mouse \(port \d-2\): /,
      'is in use by driver QEMU, domain small',
      /USB HARDDRIVE \(port \d-4\): brought back\./,
    );
    expect(await hostdevs('small')).toBe(1);
    await sh('virsh destroy small');
  });

  test('that has lent it to the domain itself is told of, and nothing of it is touched', async () => {
    const file = await foreignDevice('MOUSE1');
    await sh(`virsh attach-device win10 ${file} --live`);
    await service.until(/"selector":"MOUSE1"[^}]*"with":"win10","problem":"Another program/);
    expectRefused(await give('desk', 'win10'), /USB Mouse \(port \d-2\): another program/);
    expectRefused(await give('desk', 'host'), /USB Mouse \(port \d-2\): another program/);
    expect(await attached()).toMatchObject([
      { alias: expect.not.stringMatching(/^ua-/) as string },
    ]);
    await sh(`virsh detach-device win10 ${file} --live`);
    expect((await lab.sh(`virsh detach-device win10 ${file} --live`)).stderr).toMatch(
      /device not found: host usb device \d+\.\d+ not found/,
    );
    await service.until(/"selector":"MOUSE1"[^}]*"with":"host","problem":null/);
  });

  test('that takes our device back leaves the seat as it finds it, and we follow', async () => {
    await service.give('win10');
    await sh(`virsh detach-device win10 ${await foreignDevice('MOUSE1')} --live`);
    await service.until(/"owner":"win10"[^]*"selector":"MOUSE1"[^}]*"with":"host"/);
    await service.give('host');
  });
});

describe('success that is none', () => {
  test('an absent device that is optional is attached, libvirt says, and the domain has none', async () => {
    const file = await foreign(
      lab,
      '<vendor id="0x9999"/><product id="0x0001"/>',
      'startupPolicy="optional"',
    );
    expect(await sh(`virsh attach-device win10 ${file} --live`)).toContain('attached successfully');
    expect(await attached()).toEqual([]);
    expect(await sh('handglass status --json')).toContain('"problems":[]');
    // Only its XML names the device, and no detaching finds it.
    await sh('virsh destroy win10');
  });

  test('a device of the configuration that is away keeps a domain from its start, ours does not', async () => {
    const file = await foreign(lab, '<vendor id="0x9999"/><product id="0x0001"/>');
    await sh(`virsh attach-device small ${file} --config`);
    expect((await lab.sh('virsh start small')).stderr).toContain(
      'Did not find USB device 9999:0001',
    );
    expectRefused(await give('sofa', 'small'), 'The domain "small" is not running (shut off).');
    await sh(`virsh detach-device small ${file} --config`);

    const before = await sh('virsh dumpxml --inactive win10');
    await service.give('win10');
    expect(await sh('virsh dumpxml --inactive win10')).toBe(before);
    await lab.control('unplug stick');
    await sh('virsh destroy win10 && virsh start win10');
    await service.owner('host');
    await lab.control('plug stick');
    await asker.device('STICK1');
  });
});

describe('a device that another program wants in the domain for now and for always', () => {
  test('is not there at all where it is there for always, and goes with us for now', async () => {
    const file = await foreignDevice('MOUSE1');
    await sh(`virsh attach-device win10 ${file} --config`);
    expect((await lab.sh(`virsh attach-device win10 ${file} --live --config`)).stderr).toContain(
      'device is already in the domain configuration',
    );
    expect(await hostdevs('win10')).toBe(0);
    await service.give('win10');
    expect(await hostdevs('win10')).toBe(2);
    await service.give('host');
    await sh(`virsh detach-device win10 ${file} --config`);
  });
});

describe('room', () => {
  test('a domain with too few USB ports is told of with a remedy, before anything moves', async () => {
    await sh(
      `virsh start small && virsh attach-device small ${await foreignDevice('MOUSE1')} --live`,
    );
    expect(
      (await lab.sh(`virsh attach-device small ${await foreignDevice('STICK1')} --live`)).stderr,
    ).toContain('No free USB ports');
    await sh(`virsh detach-device small ${await foreignDevice('MOUSE1')} --live`);
    expectRefused(
      await give('sofa', 'small'),
      'The USB devices cannot go to small. small: 2 free USB ports needed, it has 1 of 1.',
      'virsh edit small',
    );
    expect(await hostdevs('small')).toBe(0);
    await sh('virsh destroy small');
  });

  test('so is one without any USB', async () => {
    await sh('virsh start bare');
    expect(
      (await lab.sh(`virsh attach-device bare ${await foreignDevice('MOUSE1')} --live`)).stderr,
    ).toContain('Domain has no USB bus support');
    expectRefused(
      await give('sofa', 'bare'),
      'The USB devices cannot go to bare. bare: it has no USB controller.',
      "<controller type='usb' model='qemu-xhci' ports='15'/>",
    );
    await sh('virsh destroy bare');
  });
});

describe('what never goes', () => {
  test('a hub and a disk that is mounted stay, and each is told with its way around', async () => {
    await lab.control('plug hub');
    await lab.control('plug disk');
    await asker.device('DISK1');
    await eventually('mount -o ro,noload /dev/disk/by-id/usb-*DISK1* /mnt');
    expectRefused(
      await give('shelf', 'win10'),
      'The USB devices cannot go to win10.',
      /\(port \d-5\): it is a hub, and all that is plugged in below it would vanish\./,
      /What is plugged in below it goes by \{ hub = "\d-5" \}\./,
      'is mounted on /mnt.',
      'Say `sudo umount /mnt`.',
    );
    expect(await sh('ls /mnt')).toContain('usr');
    await sh('umount /mnt');
    await lab.control('unplug disk');
    await lab.control('unplug hub');
  });

  test('a device that Handglass reads stays, and both lists are named', async () => {
    expectRefused(
      await give('reader', 'win10'),
      /USB Keyboard \(port \d-1\): the seat "reader" reads it by \{ serial = "KBD1" \}\./,
      /Remove .*USB Keyboard \(port \d-1\) from one of the two lists/,
    );
  });

  test('the last keyboards stay where nothing could bring them back', async () => {
    await configure(lab, blindSeats);
    await service.until(/"selector":"KBD2"/);
    expectRefused(
      await give('desk', 'win10'),
      'the host would be left without a keyboard, and nothing could bring it back',
      'handglass guest pair win10',
    );
    await configure(lab, seats);
    await service.until(/"selector":"DISK1"/);
  });
});

describe('libvirt itself', () => {
  test('a hook, which it waits for, is told so at once, and what it leaves to others goes', async () => {
    const hook = `#!/bin/sh
test "$1 $2" = "win10 started" || exit 0
handglass give desk win10 2> /tmp/said-in-hook
systemd-run handglass give desk win10`;
    await sh(`virsh destroy win10
      install -d /etc/libvirt/hooks
      install -m 755 /dev/stdin /etc/libvirt/hooks/qemu <<'END'\n${hook}\nEND
      systemctl restart libvirtd
      virsh start win10`);
    expect(await sh('cat /tmp/said-in-hook')).toContain("This is one of libvirt's hooks");
    await service.owner('win10');
    await sh('rm /etc/libvirt/hooks/qemu && systemctl restart libvirtd');
    await service.until(/"problems":\[\]/);
    await service.give('host');
  });

  test('where it may only be read, that is told of what does not go', async () => {
    const socket = 'qemu+unix:///system?socket=/run/libvirt/libvirt-sock-ro';
    await configure(lab, `${seats}\n[libvirt]\nuri = "${socket}"`);
    expectRefused(await give('desk', 'win10'), /read.only/i);
    await configure(lab, seats);
    await service.until(/"selector":"DISK1"/);
  });

  test('a user whom it does not know is told of the group', async () => {
    const line = JSON.stringify(['list']);
    const program = [...nodeCommand, `${product}/test/libvirt/virsh-asker.ts`].join(' ');
    const said = await sh(`install -d -o nobody /tmp/nobody
      echo '${line}' | HOME=/tmp/nobody setpriv --reuid=nobody --regid=nogroup --clear-groups ${program}`);
    expect(JSON.parse(said)).toMatchObject({
      failure: 'libvirt-unavailable',
      message: expect.stringMatching(
        /authentication unavailable: no polkit agent available[^]*has to be in the group libvirt/,
      ) as string,
    });
  });

  test('its restart ends our events, which are followed anew', async () => {
    await service.give('win10');
    const events = 'pgrep -P $(systemctl show -P MainPID handglass) -f "event --all --loop"';
    const before = await sh(events);
    await sh('systemctl restart libvirtd');
    await eventually(`pid=$(${events}) && test "$pid" != ${before}`);
    await service.until(/"owner":"win10"[^]*"problems":\[\]/);
    expect(await hostdevs('win10')).toBe(2);
    await sh('virsh destroy win10');
    await service.until(/"owner":"host"[^]*"state":"shut off"/);
  });

  test('while it hangs that is told, and what came meanwhile is seen to once it goes on', async () => {
    await service.give('win10');
    await sh('kill -STOP $(pidof libvirtd)');
    await lab.control('unplug stick');
    await service.until(/"problems":\[\{"code":"libvirt-unavailable"/);
    expectRefused(await give('desk', 'host'), 'it did not answer within 20 s');
    await lab.control('plug stick');
    await asker.device('STICK1');
    await sh('kill -CONT $(pidof libvirtd)');
    await service.until(/"selector":"STICK1"[^}]*"with":"win10"[^]*"problems":\[\]/);
    expect(await hostdevs('win10')).toBe(2);
    await service.give('host');
  });

  test.each([
    {
      chord: 'leftctrl+leftalt+pause',
      inGuest: ['leftctrl+', 'leftalt+', 'leftctrl- leftalt-'],
      onHost: ['pause-', 'leftalt-', 'leftctrl-'],
    },
    {
      chord: 'leftctrl+rightctrl',
      inGuest: ['leftctrl+', 'leftctrl-'],
      onHost: ['rightctrl-', 'leftctrl-'],
    },
  ])(
    'while it hangs $chord brings the keyboard at once, and the rest when it goes on',
    async (row) => {
      const { chord, inGuest, onHost } = row;
      await configure(lab, keyboardSeat);
      await eventually(`test -e ${proxies}/win10-keyboard`);
      const guest = await listen(lab, `${proxies}/win10-keyboard`, '--grab');
      const host = await listen(lab, keyboard);
      await service.give('win10');
      await sh('kill -STOP $(pidof libvirtd)');
      await lab.control(`key ${chord}`);
      expect(await reports(guest, inGuest.length)).toBe(inGuest.join(', '));
      expect(await reports(host, onHost.length)).toBe(onHost.join(', '));
      await lab.control('key a');
      expect(await reports(host, 2)).toBe('a+, a-');
      await sh('kill -CONT $(pidof libvirtd)');
      await service.until(/"owner":"host"[^]*"selector":"STICK1"[^}]*"with":"host"/);
      expect(await hostdevs('win10')).toBe(0);
      await guest.end();
      await host.end();
      await configure(lab, seats);
      await service.until(/"selector":"DISK1"/);
    },
  );

  test('where it is away when the service starts that is told, and the seat goes once it is there', async () => {
    await sh(`systemctl stop libvirtd libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket
      systemctl restart handglass`);
    await service.until(/"problems":\[\{"code":"libvirt-unavailable"/);
    await sh('systemctl start libvirtd');
    await service.until(/"state":"running"[^]*"problems":\[\]/);
    await service.give('win10');
    expect(await hostdevs('win10')).toBe(2);
    await service.give('host');
  });

  test('what happens while it is away is found when it is back', async () => {
    await service.give('win10');
    await sh('systemctl stop libvirtd libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket');
    await sh('kill -KILL $(pgrep -f [g]uest=win10)');
    await service.until(/"problems":\[\{"code":"libvirt-unavailable"/);
    await sh('systemctl start libvirtd');
    await service.until(/"owner":"host"[^]*"state":"shut off"[^]*"problems":\[\]/);
    await eventually(`test -e ${mouse}`);
  });

  test('what it was killed over is refused with the way out, and taken from QEMU after that', async () => {
    await service.give('win10');
    const alias = await aliasOf('MOUSE1');
    const usb = () => sh("virsh qemu-monitor-command win10 --hmp 'info usb'");
    // As if it had not come to note that QEMU has the device.
    await sh(`systemctl kill --kill-whom=main -s KILL libvirtd
      systemctl stop libvirtd libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket
      perl -0pi -e 's|<hostdev (?:(?!</hostdev>).)*${alias}.*?</hostdev>||s' /run/libvirt/qemu/win10.xml
      systemctl start libvirtd`);
    await service.until(/"problems":\[\]/);
    expect([await hostdevs('win10'), await usb()]).toEqual([1, expect.stringContaining(alias)]);
    await eventually(`test -e ${mouse}`);
    expectRefused(
      await give('desk', 'win10'),
      /already in use \(mostly since libvirt was killed [^]* again\)/,
    );
    await lab.control('unplug mouse');
    await eventually(`! test -e ${mouse}`);
    await lab.control('plug mouse');
    await eventually(`virsh dumpxml win10 | grep -q ${alias}`);
    await service.until(/"problems":\[\]/);
    await service.give('host');
    await eventually(`test -e ${mouse}`);
    expect(await usb()).not.toContain(alias);
  });

  test('a domain that has ended since it was looked at takes nothing, and has nothing to let go of', async () => {
    const alias = await aliasOf('MOUSE1');
    const device = await asker.device('MOUSE1');
    await sh('virsh destroy win10');
    await expect(asker.ask('attach', device)).rejects.toMatchObject({
      name: 'DomainRefusal',
      message: expect.stringContaining('domain is not running') as string,
    });
    expect((await lab.sh(`virsh detach-device-alias win10 ${alias} --live`)).stderr).toContain(
      'domain is not running',
    );
    await asker.ask('detach', alias);
  });

  test('what another has detached by its alias meanwhile is detached', async () => {
    const alias = await aliasOf('MOUSE1');
    expect((await lab.sh(`virsh detach-device-alias win10 ${alias} --live`)).stderr).toContain(
      `no device found with alias ${alias}`,
    );
    await asker.ask('detach', alias);
  });
});
