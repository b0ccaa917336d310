import { expect, test } from 'vitest';
import { configOf, problemsOf, type Refused } from './problems-of.ts';

const qemu = '[[qemu]]\nname = "win10"\nsocket = "/run/qemu/win10.qmp"\n';
const seat = (drives: string, name = 'desk', domains = '["win10"]') =>
  `[[seat]]\nname = "${name}"\ndomains = ${domains}\noptical = ${drives}\n`;

const path = 'expected the absolute path of an optical drive below /dev, such as "/dev/sr0"';
const own = 'expected a [[qemu]] for each domain of the seat, or an empty list';
const once = 'expected each drive once, in one seat';

test('A seat has the optical drives that it names, and none by itself', () => {
  const paths = ['/dev/sr0', '/dev/disk/by-id/usb-ASUS_SDRW-08D2S-U_1-0:0'];
  const { seats } = configOf(
    `${seat(JSON.stringify(paths))}${seat('[]', 'sofa', '["linux"]')}${qemu}`,
  );
  expect(seats.map(({ optical }) => optical)).toEqual([paths, []]);
});

const refused: Refused[] = [
  {
    reason: 'a path by itself',
    text: `${seat('"/dev/sr0"')}${qemu}`,
    problems: [
      '4:11 seat[0].optical cannot be "/dev/sr0"; expected a list of paths, such as ["/dev/sr0"]',
    ],
  },
  ...['sr0', '/dev/', '/dev/../etc/passwd', '/dev/./sr0', '/mnt/cd.iso', '/dev//sr0'].map(
    (each) => ({
      reason: `the path ${each}`,
      text: `${seat(`["${each}"]`)}${qemu}`,
      problems: [`4:12 seat[0].optical[0] cannot be "${each}"; ${path}`],
    }),
  ),
  {
    reason: 'a domain of libvirt',
    text: `${seat('["/dev/sr0"]', 'desk', '["win10", "linux", "bsd"]')}${qemu}`,
    problems: [`4:11 seat[0].optical cannot go to "linux", "bsd", of libvirt; ${own}`],
  },
  {
    reason: 'a drive twice in a seat, and once in another',
    text: `${seat('["/dev/sr0", "/dev/sr0"]')}${seat('["/dev/sr1", "/dev/sr0"]', 'sofa')}${qemu}`,
    problems: [
      `4:24 seat[0].optical[1] repeats seat[0].optical[0]; ${once}`,
      `8:24 seat[1].optical[1] repeats seat[0].optical[0]; ${once}`,
    ],
  },
  {
    reason: 'a QEMU that is wrong itself, and for nothing else',
    text: `${seat('["/dev/sr0"]')}${qemu.replace('/run/qemu/', '')}`,
    problems: [
      '7:10 qemu[0].socket cannot be "win10.qmp"; expected the absolute path of a socket, of 107 characters at most',
    ],
  },
];

test.each(refused)('The drives of a seat are refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
