/** The main job, step by step, each with its proof from the virtual host itself. */
import { LabFailure } from '../failure.ts';
import { inGuest, pairGuest } from '../guest/guest-command.ts';
import type { Lab } from '../lab.ts';
import { output, until } from '../shell.ts';

export interface Step {
  title: string;
  /** Does it, and gives what shows that it was done; rejects when it was not. */
  prove(lab: Lab): Promise<string>;
}

const mouseLink = '/dev/input/by-id/usb-QEMU_QEMU_USB_Mouse_MOUSE1-event-mouse';
/** As a user does with `virsh edit`: the domain's keyboard and mouse. */
const addInput = `virsh dumpxml --inactive win10 > /tmp/win10.xml &&
  handglass input --domain win10 --xml > /tmp/input.xml &&
  sed -i '/<devices>/r /tmp/input.xml' /tmp/win10.xml && virsh define --validate /tmp/win10.xml`;
const domainUsb = 'virsh qemu-monitor-command win10 --hmp info usb';

export const steps: Step[] = [
  {
    title: 'The shared memory of Looking Glass was made at boot',
    prove: async (lab) => {
      await until(lab, 'systemctl is-active --quiet handglass-shm handglass');
      const facts = await output(lab, `stat -c '%s %U:%G %a' /dev/shm/looking-glass`);
      if (facts !== '67108864 alice:kvm 660') throw new LabFailure(`it is ${facts}`);
      return `/dev/shm/looking-glass: 67108864 bytes, alice:kvm, mode 660`;
    },
  },
  {
    title: 'The domain starts with it',
    prove: async (lab) => {
      await output(lab, `${addInput} && virsh start win10`);
      const inode = await output(lab, 'stat -c %i /dev/shm/looking-glass');
      const mapped = await output(
        lab,
        `grep -h /dev/shm/looking-glass /proc/$(cat /run/libvirt/qemu/win10.pid)/maps | head -1`,
      );
      if (mapped.split(/\s+/)[4] !== inode || mapped.endsWith('(deleted)'))
        throw new LabFailure(`QEMU has not mapped the file: ${mapped}`);
      return `win10 is ${await output(lab, 'virsh domstate win10')}; its QEMU has the file mapped`;
    },
  },
  {
    title: 'leftctrl+rightctrl are pressed on the USB keyboard',
    prove: async (lab) => {
      await output(lab, `test -e ${mouseLink}`);
      await output(lab, 'labctl key leftctrl+rightctrl');
      const moved = `journalctl -u handglass -o cat | grep '^desk: with win10 (chord)'`;
      return `the service's journal: ${await until(lab, moved)}`;
    },
  },
  {
    title: 'The mouse has left the host',
    prove: async (lab) => {
      await until(lab, `test ! -e ${mouseLink}`);
      const left = await output(lab, 'ls /dev/input/by-id');
      return `/dev/input/by-id holds ${left.split('\n').join(', ')}`;
    },
  },
  {
    title: 'It is in the domain',
    prove: async (lab) => {
      const devices = await output(lab, domainUsb);
      const mouse = devices.split('\n').find((line) => /QEMU USB Mouse.*ua-handglass/.test(line));
      if (mouse === undefined) throw new LabFailure(`the domain has: ${devices}`);
      return `info usb: ${mouse.trim()}`;
    },
  },
  {
    title: 'The keyboard is too',
    prove: async (lab) => {
      const line = await until(lab, `handglass status | grep 'Keyboard .* win10$'`);
      return `handglass status: ${line.trim()}`;
    },
  },
  {
    title: 'The guest asks for the host to have it back',
    prove: async (lab) => {
      await output(lab, pairGuest);
      const said = await output(lab, inGuest('release desk'));
      return `192.168.122.10 ran handglass guest release desk: ${said}`;
    },
  },
  {
    title: 'The mouse is back on the host',
    prove: async (lab) => {
      await until(lab, `test -e ${mouseLink}`);
      const xml = await output(lab, 'virsh dumpxml win10');
      if (xml.includes('<hostdev')) throw new LabFailure('the domain still has a host device');
      return `${mouseLink} is there again; win10 has no host device`;
    },
  },
];
