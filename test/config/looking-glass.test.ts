import { expect, test } from 'vitest';
import { lookingGlass, problemsOf, type Refused } from './problems-of.ts';

const refused: Refused[] = [
  {
    reason: 'a table without anything',
    text: '[[looking-glass]]\n',
    problems: [
      '1:1 looking-glass[0].domain is missing; expected the name of a domain in `virsh list --all`, other than "host"',
      '1:1 looking-glass[0].resolution is missing; expected WIDTHxHEIGHT in quotes, 640x480 to 16384x16384, upright ones (480x640) included',
      '1:1 looking-glass[0].owner is missing; expected the name of a user',
    ],
  },
  {
    reason: 'a domain called host',
    text: '[[looking-glass]]\ndomain = "host"\nresolution = "2560x1440"\nowner = "alice"\n',
    problems: [
      '2:10 looking-glass[0].domain cannot be "host"; expected the name of a domain in `virsh list --all`, other than "host"',
    ],
  },
  {
    reason: 'a domain without a name',
    text: '[[looking-glass]]\ndomain = ""\nresolution = "2560x1440"\nowner = "alice"\n',
    problems: [
      '2:10 looking-glass[0].domain cannot be ""; expected the name of a domain in `virsh list --all`, other than "host"',
    ],
  },
  {
    reason: 'a resolution too small',
    text: '[[looking-glass]]\ndomain = "win10"\nresolution = "320x200"\nowner = "alice"\n',
    problems: [
      '3:14 looking-glass[0].resolution cannot be "320x200"; expected WIDTHxHEIGHT in quotes, 640x480 to 16384x16384, upright ones (480x640) included',
    ],
  },
  {
    reason: 'a resolution in words',
    text: '[[looking-glass]]\ndomain = "win10"\nresolution = "1440p"\nowner = "alice"\n',
    problems: [
      '3:14 looking-glass[0].resolution cannot be "1440p"; expected WIDTHxHEIGHT in quotes, 640x480 to 16384x16384, upright ones (480x640) included',
    ],
  },
  {
    reason: 'a resolution as a number',
    text: '[[looking-glass]]\ndomain = "win10"\nresolution = 1440\nowner = "alice"\n',
    problems: [
      '3:14 looking-glass[0].resolution cannot be a number; expected WIDTHxHEIGHT in quotes, 640x480 to 16384x16384, upright ones (480x640) included',
    ],
  },
  {
    reason: 'a truth value in quotes',
    text: `${lookingGlass}hdr = "yes"`,
    problems: ['5:7 looking-glass[0].hdr cannot be "yes"; expected true or false'],
  },
  {
    reason: 'an unknown version of Looking Glass',
    text: `${lookingGlass}for = "B7"`,
    problems: ['5:7 looking-glass[0].for cannot be "B7"; expected "b7", "idd" or "any"'],
  },
  {
    reason: 'a path without a folder',
    text: `${lookingGlass}path = "looking-glass"`,
    problems: [
      '5:8 looking-glass[0].path cannot be "looking-glass"; expected an absolute path: a file directly in /dev/shm, or a device such as /dev/kvmfr0',
    ],
  },
  {
    reason: 'a path outside of /dev/shm',
    text: `${lookingGlass}path = "/tmp/looking-glass"`,
    problems: [
      '5:8 looking-glass[0].path cannot be "/tmp/looking-glass"; expected an absolute path: a file directly in /dev/shm, or a device such as /dev/kvmfr0',
    ],
  },
  {
    reason: 'a path that leads out of /dev/shm',
    text: `${lookingGlass}path = "/dev/shm/.."`,
    problems: [
      '5:8 looking-glass[0].path cannot be "/dev/shm/.."; expected an absolute path: a file directly in /dev/shm, or a device such as /dev/kvmfr0',
    ],
  },
  {
    reason: 'a path in a folder of /dev/shm',
    text: `${lookingGlass}path = "/dev/shm/vm/looking-glass"`,
    problems: [
      '5:8 looking-glass[0].path cannot be "/dev/shm/vm/looking-glass"; expected an absolute path: a file directly in /dev/shm, or a device such as /dev/kvmfr0',
    ],
  },
  {
    reason: 'a kvmfr device without number',
    text: `${lookingGlass}path = "/dev/kvmfr"`,
    problems: [
      '5:8 looking-glass[0].path cannot be "/dev/kvmfr"; expected an absolute path: a file directly in /dev/shm, or a device such as /dev/kvmfr0',
    ],
  },
  {
    reason: 'a mode without quotes',
    text: `${lookingGlass}mode = 0o660`,
    problems: [
      '5:8 looking-glass[0].mode cannot be a number; expected permission bits as octal digits in quotes, such as "0660"',
    ],
  },
  {
    reason: 'a mode with special bits',
    text: `${lookingGlass}mode = "4755"`,
    problems: [
      '5:8 looking-glass[0].mode cannot be "4755"; expected permission bits as octal digits in quotes, such as "0660"',
    ],
  },
  {
    reason: 'a mode that is not octal',
    text: `${lookingGlass}mode = "0680"`,
    problems: [
      '5:8 looking-glass[0].mode cannot be "0680"; expected permission bits as octal digits in quotes, such as "0660"',
    ],
  },
  {
    reason: 'an owner with a group behind',
    text: '[[looking-glass]]\ndomain = "win10"\nresolution = "2560x1440"\nowner = "alice:kvm"\n',
    problems: ['4:9 looking-glass[0].owner cannot be "alice:kvm"; expected the name of a user'],
  },
  {
    reason: 'one path twice, once by default',
    text: `${lookingGlass}\n${lookingGlass}path = "/dev/shm/looking-glass"`,
    problems: [
      '10:8 looking-glass[1].path repeats looking-glass[0].path; expected a file of its own for each domain',
    ],
  },
  {
    reason: 'one path twice, both by default',
    text: `${lookingGlass}\n${lookingGlass}`,
    problems: [
      '6:1 looking-glass[1].path repeats looking-glass[0].path; expected a file of its own for each domain',
    ],
  },
];

test.each(refused)('A [[looking-glass]] is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
