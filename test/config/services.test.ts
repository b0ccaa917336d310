import { expect, test } from 'vitest';
import { problemsOf, type Refused } from './problems-of.ts';

const listening =
  'expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"';

const refused: Refused[] = [
  {
    reason: 'another hypervisor',
    text: '[libvirt]\nuri = "xen:///system"',
    problems: [
      '2:7 libvirt.uri cannot be "xen:///system"; expected a QEMU address of libvirt, such as "qemu:///system"',
    ],
  },
  {
    reason: 'an address without a port',
    text: '[server]\nlisten = ["192.168.122.1"]',
    problems: [
      '2:11 server.listen[0] cannot be "192.168.122.1"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
    ],
  },
  {
    reason: 'addresses that cannot be',
    text: '[server]\nlisten = [\n  "192.168.122.256:1", "192.168.122.1:0",\n  "192.168.122.1:65536", "fd00::1:18503", "[fd00::g]:1", "localhost:18503",\n]',
    problems: [
      '3:3 server.listen[0] cannot be "192.168.122.256:1"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
      '3:24 server.listen[1] cannot be "192.168.122.1:0"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
      '4:3 server.listen[2] cannot be "192.168.122.1:65536"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
      '4:26 server.listen[3] cannot be "fd00::1:18503"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
      '4:43 server.listen[4] cannot be "[fd00::g]:1"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
      '4:58 server.listen[5] cannot be "localhost:18503"; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
    ],
  },
  {
    reason: 'names that no interface has',
    text: '[server]\nlisten = ["sixteen-letters-:1", "eth 0:1", "br/0:1", "virbr0"]',
    problems: [11, 33, 44, 54].map(
      (column, index) =>
        `2:${column} server.listen[${index}] cannot be ${['"sixteen-letters-:1"', '"eth 0:1"', '"br/0:1"', '"virbr0"'][index]}; ${listening}`,
    ),
  },
  {
    reason: 'limits that cannot be',
    text: '[server.limits]\nconnections = 0\nping-every = "30"\nmessages = 5',
    problems: [
      '2:15 server.limits.connections cannot be this number; expected a whole number of connections, 1 to 4096',
      '3:14 server.limits.ping-every cannot be "30"; expected a whole number of seconds, 5 to 3600',
      '4:1 server.limits.messages is unknown; expected message-bytes, messages-per-second, drop-after, connections, connections-per-address, connections-per-guest, connects-per-second, authenticate-within or ping-every',
    ],
  },
  {
    reason: 'a panel that others could reach, or that has no port',
    text: '[panel]\nlisten = "192.168.122.1:18504"',
    problems: [
      '2:10 panel.listen cannot be "192.168.122.1:18504"; expected a loopback ADDRESS:PORT, such as "127.0.0.1:18504", or an empty text for none',
    ],
  },
  {
    reason: 'a port alone',
    text: '[server]\nlisten = [18503]',
    problems: [
      '2:11 server.listen[0] cannot be a number; expected ADDRESS:PORT or INTERFACE:PORT, such as "192.168.122.1:18503", "[fd00::1]:18503" or "virbr0:18503"',
    ],
  },
  {
    reason: 'a date',
    text: '[server]\nlisten = 2026-11-20 06:52:34',
    problems: [
      '2:10 server.listen cannot be a date; expected a list of addresses, such as ["192.168.122.1:18503"]',
    ],
  },
];

test.each(refused)('[libvirt] or [server] is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
