/** What stands in files or in names of domains, in the commands that are printed. */
import { expect, test } from 'vitest';
import { fileFacts, found, withDomain, type Change } from './healthy.ts';

test.each<[string, string, Change]>([
  [
    'boot.virqfd',
    String.raw`/etc/dracut.conf.d/'\''; reboot.conf'`,
    ({ boot, kernel }) => {
      kernel.version = [6, 8];
      const file = "/etc/dracut.conf.d/'; reboot.conf";
      boot.initramfs = { generator: 'dracut', modules: [{ name: 'vfio_virqfd', file }] };
    },
  ],
  [
    'looking-glass.kind',
    "sudo rm --recursive '/dev/shm/looking glass' && ",
    ({ sharedMemory: [file] }) => {
      if (file !== undefined) file.entry = { ...file.entry, path: '/dev/shm/looking glass' };
      if (file !== undefined) file.found = fileFacts({ kind: 'folder' });
    },
  ],
  [
    'looking-glass.tmpfiles',
    "/d' '/etc/tmpfiles.d/$(reboot).conf'",
    ({ service }) => {
      const file = '/etc/tmpfiles.d/$(reboot).conf';
      service.temporaryFiles = [{ file, path: '/dev/shm/looking-glass' }];
    },
  ],
  [
    'usb.drivers',
    "echo '1-2;reboot:1.0' |",
    ({ devices }) => {
      Object.assign(devices.usb?.[0] ?? {}, {
        driverless: [{ name: '1-2;reboot:1.0', class: '03' }],
      });
    },
  ],
])('in a command of %s what stands in files is one word: %s', (id, word, change) => {
  expect(found(id, change)[0]?.remedy).toContain(word);
});

test('a name that is no word reaches no shell as more than a word', () => {
  const [result] = found('domain.pins', withDomain({ name: "a'; reboot", pins: [9] }));
  expect(result?.remedy).toBe(String.raw`virsh --connect qemu:///system edit 'a'\''; reboot'`);
});
