import { expect, test } from 'vitest';
import { driveAlias } from '../../src/domain/optical-drive.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats } from '../../src/seat/seats.ts';
import type { OpticalDrive } from '../../src/system/optical-drives.ts';
import type { DiskUse } from '../../src/system/usb-disks.ts';
import { opticalDrive } from './drives.ts';
import { createWorld, seatWith, seatWithKeyboard } from './world.ts';

const two = [opticalDrive(), opticalDrive({ path: '/dev/sr1', name: '' })];
const mounted: DiskUse = { kind: 'mounted', node: '/dev/sr0', places: ['/media/cd'] };
const optical = two.map(({ path }) => path);

/** A seat with a mouse and two drives, unless told otherwise. */
function start(drives: OpticalDrive[] = two, seat = seatWith('desk', ['win10', 'win11'], 'MOUSE')) {
  const world = createWorld();
  world.optical = drives;
  const seats = createSeats({ seats: [{ ...seat, optical }] }, world.effects, () => {});
  const shown = () => seats.view().seats[0];
  const holders = (domain: string) =>
    optical.filter((path) => world.drives.get(domain)?.includes(driveAlias(path)));
  /** What moved, in its order. */
  const moves = () => world.calls.filter((call) => /^(attach|detach|input) /.test(call));
  return { world, seats, shown, holders, moves };
}

test('the drives of a seat go after its USB devices, on to another domain, and back', async () => {
  const { seats, shown, holders, moves } = start();
  await seats.give('desk', 'win10');
  expect(shown()?.owner).toBe('win10');
  expect(holders('win10')).toEqual(optical);
  expect(moves()).toEqual(['attach win10 1-1', 'attach win10 /dev/sr0', 'attach win10 /dev/sr1']);
  await seats.give('desk', 'win11');
  expect([holders('win10'), holders('win11')]).toEqual([[], optical]);
  await seats.give('desk', 'host');
  expect(shown()?.owner).toBe('host');
  expect(holders('win11')).toEqual([]);
});

test('each is shown with where it is and what keeps it there', async () => {
  const { world, seats, shown } = start([opticalDrive({ uses: [mounted] })]);
  await seats.refresh();
  expect(shown()?.devices.slice(1)).toEqual([
    {
      kind: 'optical',
      selector: '/dev/sr0',
      name: 'QEMU DVD-ROM',
      present: true,
      with: 'host',
      problem:
        'It cannot leave the host: /dev/sr0 is mounted on /media/cd. Say `sudo umount /media/cd`.',
    },
    { kind: 'optical', selector: '/dev/sr1', name: '', present: false, with: null, problem: null },
  ]);
  world.drives.set('win11', optical.map(driveAlias));
  await seats.refresh();
  expect(shown()).toMatchObject({
    owner: 'win11',
    devices: [
      { kind: 'usb', with: 'host' },
      { present: true, with: 'win11', problem: null },
      { present: false, with: 'win11', problem: null },
    ],
  });
});

test.each([
  {
    drives: [opticalDrive({ uses: [mounted] })],
    story:
      'QEMU DVD-ROM (/dev/sr0): /dev/sr0 is mounted on /media/cd. Say `sudo umount /media/cd`.',
  },
  {
    drives: [opticalDrive({ name: '', generic: null })],
    story: '/dev/sr0: it has no SCSI node. Say `sudo modprobe sg`.',
  },
  {
    drives: [opticalDrive({ name: '', isOptical: false, generic: null })],
    story: '/dev/sr0: it is no optical drive. Take it out of the `optical` list.',
  },
  {
    drives: [
      opticalDrive({ name: '' }),
      opticalDrive({ path: '/dev/sr1', node: '/dev/sr0', name: '' }),
    ],
    story:
      '/dev/sr0: /dev/sr1 is the same drive. /dev/sr1: /dev/sr0 is the same drive. Take it out of the `optical` list.',
  },
])('nothing moves when a drive is refused: $story', async ({ drives, story }) => {
  const { world, seats, moves } = start(drives);
  const refused = {
    code: 'device-refused',
    message: `The optical drives cannot go to win10. ${story}`,
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject(refused);
  expect(moves()).toEqual([]);
  world.optical = two;
  await seats.give('desk', 'win11');
  world.optical = drives;
  world.calls.length = 0;
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject(refused);
  expect(moves()).toEqual([]);
});

test('a drive that a domain does not take brings back all that went before it', async () => {
  const { world, seats, shown, holders, moves } = start();
  world.fail = (call) => {
    if (call === 'attach win10 /dev/sr1') throw new Error('No.');
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({
    code: 'handoff-failed',
    what: 'The optical drives could not go to win10. /dev/sr1: No. /dev/sr0: brought back.',
  });
  expect(shown()?.owner).toBe('host');
  expect([holders('win10'), world.holder('1-1')]).toEqual([[], 'host']);
  expect(moves().slice(-2)).toEqual(['detach win10 /dev/sr0', 'detach win10 ua-handglass-1-1']);
});

test('input devices that do not move bring the drives back', async () => {
  const { world, seats, holders } = start(two, seatWithKeyboard('desk', ['win10']));
  world.fail = (call) => {
    if (call === 'input desk to win10') throw new Error('No.');
  };
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({ code: 'handoff-failed' });
  expect(holders('win10')).toEqual([]);
});

test('a chord moves the drives of a seat that has no USB device', async () => {
  const { world, seats, shown, holders } = start(two, seatWithKeyboard('desk', ['win10']));
  await seats.follow('desk', 'win10', 'chord');
  expect(world.effects.input.ownerOf('desk')).toBe('win10');
  expect(holders('win10')).toEqual(optical);
  world.sendInput('desk', 'host');
  await seats.follow('desk', 'host', 'chord');
  expect(shown()?.owner).toBe('host');
  expect(holders('win10')).toEqual([]);
});

test('on the way back each drive is tried, and the USB devices come all the same', async () => {
  const { world, seats, shown, holders } = start();
  await seats.give('desk', 'win10');
  world.fail = (call) => {
    if (call === 'detach win10 /dev/sr0') throw new Error('The tray is locked.');
  };
  await expect(seats.give('desk', 'host')).rejects.toMatchObject({
    what: 'Not every optical drive came back from win10. /dev/sr0: The tray is locked.',
  });
  expect(shown()?.owner).toBe('win10');
  expect([holders('win10'), world.holder('1-1')]).toEqual([['/dev/sr0'], 'host']);
});

test('what a seat has there already stays when it is given once more in vain', async () => {
  const { world, seats, shown } = start();
  await seats.give('desk', 'win10');
  const refused = new Error('No.');
  world.effects.giveDrives = () => Promise.reject(refused);
  await expect(seats.give('desk', 'win10')).rejects.toBe(refused);
  expect(shown()?.owner).toBe('win10');
  expect(world.holder('1-1')).toBe('win10');
});

test('a seat moves without what is not there, as long as there is anything of it', async () => {
  const { world, seats, holders } = start([opticalDrive()]);
  world.unplug('1-1');
  await seats.give('desk', 'win10');
  expect(holders('win10')).toEqual(['/dev/sr0']);
  await seats.give('desk', 'host');
  world.optical = [];
  world.plug('1-1');
  seats.notice();
  await seats.give('desk', 'win10');
  expect(world.holder('1-1')).toBe('win10');
});

test('a seat without anything that is there goes nowhere', async () => {
  const { seats } = start([], seatWith('desk', ['win10']));
  await expect(seats.give('desk', 'win10')).rejects.toMatchObject({
    code: 'device-absent',
    message:
      "None of the seat's optical drives is there (/dev/sr0, /dev/sr1). Plug one in, or correct the paths; `ls /dev/sr*` lists what is there.",
  });
});

test('a QEMU that is away is the reason told, not the drive', async () => {
  const { world, seats } = start(two, seatWith('desk', ['win10']));
  const away = new HandglassError('qemu-unavailable', 'QEMU is silent.');
  world.fail = (call) => {
    if (call.startsWith('attach ')) throw away;
  };
  await expect(seats.give('desk', 'win10')).rejects.toBe(away);
});
