import { expect, test } from 'vitest';
import { chords, problemsOf, seat, seatOf, seats, type Refused } from './problems-of.ts';

const refused: Refused[] = [
  {
    reason: 'a seat without a domain',
    text: '[[seat]]\nname = "desk"\ndomains = []',
    problems: [
      '3:11 seat[0].domains cannot be an empty list; expected one domain at least, such as ["win10"]',
    ],
  },
  {
    reason: 'a domain that is not in a list',
    text: '[[seat]]\nname = "desk"\ndomains = "win10"',
    problems: [
      '3:11 seat[0].domains cannot be "win10"; expected a list of domains, such as ["win10"]',
    ],
  },
  {
    reason: 'the host as a domain of a seat',
    text: '[[seat]]\nname = "desk"\ndomains = [\n  "win10",\n  "host", # me\n]',
    problems: [
      '5:3 seat[0].domains[1] cannot be "host"; expected the name of a domain in `virsh list --all`, other than "host"',
    ],
  },
  {
    reason: 'a domain twice in a seat',
    text: '[[seat]]\nname = "desk"\ndomains = ["win10", "win10"]',
    problems: ['3:21 seat[0].domains[1] repeats seat[0].domains[0]; expected each domain once'],
  },
  {
    reason: 'a name with a line break',
    text: '[[seat]]\nname = "de\\nsk"\ndomains = ["win10"]',
    problems: [
      '2:8 seat[0].name cannot be "de\\nsk"; expected a name such as "desk", without control characters',
    ],
  },
  {
    reason: 'two seats of one name',
    text: `${seat}${seat}`,
    problems: ['5:8 seat[1].name repeats seat[0].name; expected a name that no other seat has'],
  },
  {
    reason: 'more seats than the switchboard holds',
    text: seats(17),
    problems: ['49:1 seat[16] is one seat too many; expected 16 [[seat]] tables at most'],
  },
  {
    reason: 'so many seats that no chord has room, told once',
    text: `${seats(33)}${chords(1)}`,
    problems: ['49:1 seat[16] is one seat too many; expected 16 [[seat]] tables at most'],
  },
  {
    reason: 'being one too many, beside what is wrong in another',
    text: `${seats(17)}usb = {}`,
    problems: [
      '49:1 seat[16] is one seat too many; expected 16 [[seat]] tables at most',
      '52:7 seat[16].usb cannot be an empty table; expected a list of selectors, such as [{ serial = "…" }]',
    ],
  },
  {
    reason: 'more domains than the switchboard holds in all seats, told once',
    text: `${seatOf('desk', 1, 10)}${seatOf('couch', 6, 17)}${seatOf('sofa', 16, 16)}`,
    problems: [
      '6:88 seat[1].domains[10] is one domain too many; expected 15 different domains at most in all [[seat]] tables together',
    ],
  },
  {
    reason: 'a domain whose proxies would be called like those of the host',
    text: '[[seat]]\nname = "desk"\ndomains = ["host-desk", "host desk"]',
    problems: [
      '3:12 seat[0].domains[0] would have its proxies among the host\'s own in /dev/input/by-handglass; expected a domain whose name does not begin with "host-"',
    ],
  },
  {
    reason: 'a domain whose proxies would have names longer than the kernel holds',
    text: `[[seat]]\nname = "desk"\ndomains = ["${'ü'.repeat(60)}", "${'x'.repeat(61)}"]`,
    problems: [
      '3:76 seat[0].domains[1] has a name too long for its proxies in /dev/input/by-handglass; expected a domain whose name has at most 60 characters',
    ],
  },
  {
    reason: 'an input device by nothing',
    text: `${seat}input = [{}]`,
    problems: [
      '4:10 seat[0].input[0] cannot be an empty table; expected one of { id }, { vendor, product }, { serial }, { port } or { name }',
    ],
  },
  {
    reason: 'an input device in two ways',
    text: `${seat}input = [{ id = "kbd", serial = "A1" }]`,
    problems: [
      '4:10 seat[0].input[0] cannot be { id, serial }; expected one of { id }, { vendor, product }, { serial }, { port } or { name }',
    ],
  },
  {
    reason: 'an input device by its folder',
    text: `${seat}input = [{ id = "/dev/input/by-id/kbd" }]`,
    problems: [
      '4:17 seat[0].input[0].id cannot be "/dev/input/by-id/kbd"; expected a name out of /dev/input/by-id, without the folder',
    ],
  },
  {
    reason: 'an input device as a text',
    text: `${seat}input = ["kbd"]`,
    problems: [
      '4:10 seat[0].input[0] cannot be "kbd"; expected { id }, { vendor, product }, { serial }, { port } or { name }',
    ],
  },
  {
    reason: 'a vendor without its product',
    text: `${seat}usb = [{ vendor = "1532" }]`,
    problems: [
      '4:8 seat[0].usb[0] cannot be { vendor }; expected one of { vendor, product }, { serial }, { vendor, product, serial }, { port }, { class }, { hub } or { controller }',
    ],
  },
  {
    reason: 'a vendor with a prefix and without its product',
    text: `${seat}usb = [{ vendor = "0x1532" }]`,
    problems: [
      '4:19 seat[0].usb[0].vendor cannot be "0x1532"; expected four hexadecimal digits in quotes, such as "046d"',
    ],
  },
  {
    reason: 'a vendor as a number',
    text: `${seat}usb = [{ serial = "A" }, { vendor = 1532, product = "0037" }]`,
    problems: [
      '4:37 seat[0].usb[1].vendor cannot be a number; expected four hexadecimal digits in quotes, such as "046d"',
    ],
  },
  {
    reason: 'a product with a prefix',
    text: `${seat}usb = [\n  { vendor = "1532", product = "0x0037" },\n]`,
    problems: [
      '5:32 seat[0].usb[0].product cannot be "0x0037"; expected four hexadecimal digits in quotes, such as "046d"',
    ],
  },
  {
    reason: 'a USB device by port and serial',
    text: `${seat}usb = [{ port = "1-2", serial = "A1" }]`,
    problems: [
      '4:8 seat[0].usb[0] cannot be { port, serial }; expected one of { vendor, product }, { serial }, { vendor, product, serial }, { port }, { class }, { hub } or { controller }',
    ],
  },
  {
    reason: 'a USB device by a way that only input has',
    text: `${seat}usb = [{ name = "Razer*" }]`,
    problems: [
      '4:8 seat[0].usb[0] cannot be { name }; expected one of { vendor, product }, { serial }, { vendor, product, serial }, { port }, { class }, { hub } or { controller }',
      '4:10 seat[0].usb[0].name is unknown; expected vendor, product, serial, port, class, hub or controller',
    ],
  },
  {
    reason: 'a bus and a device number',
    text: `${seat}usb = [{ port = "001:004" }]`,
    problems: ['4:17 seat[0].usb[0].port cannot be "001:004"; expected a USB port such as "1-2.3"'],
  },
  {
    reason: 'a class that is not known',
    text: `${seat}usb = [{ class = "sound" }]`,
    problems: [
      '4:18 seat[0].usb[0].class cannot be "sound"; expected audio, comm, hid, imaging, printer, storage, smartcard, video or wireless',
    ],
  },
  {
    reason: 'hubs, which are never handed over, by their class',
    text: `${seat}usb = [{ class = "hub" }]`,
    problems: [
      '4:18 seat[0].usb[0].class cannot be "hub"; expected audio, comm, hid, imaging, printer, storage, smartcard, video or wireless',
    ],
  },
  {
    reason: 'a root hub, which has no port',
    text: `${seat}usb = [{ hub = "usb1" }]`,
    problems: ['4:16 seat[0].usb[0].hub cannot be "usb1"; expected a USB port such as "1-2.3"'],
  },
  {
    reason: 'a controller by a short address',
    text: `${seat}usb = [{ controller = "03:00.0" }]`,
    problems: [
      '4:23 seat[0].usb[0].controller cannot be "03:00.0"; expected the PCI address of a USB controller, such as "0000:03:00.0"',
    ],
  },
  {
    reason: 'a controller without its function',
    text: `${seat}usb = [{ controller = "0000:03:00" }]`,
    problems: [
      '4:23 seat[0].usb[0].controller cannot be "0000:03:00"; expected the PCI address of a USB controller, such as "0000:03:00.0"',
    ],
  },
  {
    reason: 'a class on one hub',
    text: `${seat}usb = [{ class = "audio", hub = "1-2" }]`,
    problems: [
      '4:8 seat[0].usb[0] cannot be { class, hub }; expected one of { vendor, product }, { serial }, { vendor, product, serial }, { port }, { class }, { hub } or { controller }',
    ],
  },
  {
    reason: 'an input device by a way that only USB has',
    text: `${seat}input = [{ hub = "1-2" }]`,
    problems: [
      '4:10 seat[0].input[0] cannot be { hub }; expected one of { id }, { vendor, product }, { serial }, { port } or { name }',
      '4:12 seat[0].input[0].hub is unknown; expected id, vendor, product, serial, port or name',
    ],
  },
  {
    reason: 'a USB device without list',
    text: `${seat}usb = { serial = "A1" }`,
    problems: [
      '4:7 seat[0].usb cannot be { serial }; expected a list of selectors, such as [{ serial = "…" }]',
    ],
  },
  {
    reason: 'a device twice in one list',
    text: `${seat}usb = [{ port = "1-2" }, { serial = "A" }, { port = "1-2" }]`,
    problems: [
      '4:44 seat[0].usb[2] repeats seat[0].usb[0]; expected each device in one list of one seat',
    ],
  },
  {
    reason: 'a device twice, its ids in two spellings',
    text: `${seat}usb = [{ vendor = "046D", product = "C52B" }, { product = "c52b", vendor = "046d" }]`,
    problems: [
      '4:47 seat[0].usb[1] repeats seat[0].usb[0]; expected each device in one list of one seat',
    ],
  },
  {
    reason: 'a device both read and handed over',
    text: `${seat}input = [{ serial = "A1" }]\nusb = [{ serial = "A1" }]`,
    problems: [
      '5:8 seat[0].usb[0] repeats seat[0].input[0]; expected each device in one list of one seat',
    ],
  },
  {
    reason: 'a device in two seats',
    text: `${seat}usb = [{ serial = "A1" }]\n[[seat]]\nname = "couch"\ndomains = ["win10"]\n[[seat.usb]]\nserial = "A1"`,
    problems: [
      '8:1 seat[1].usb[0] repeats seat[0].usb[0]; expected each device in one list of one seat',
    ],
  },
  {
    reason: 'a truth value in quotes',
    text: `${seat}swallow = "yes"`,
    problems: ['4:11 seat[0].swallow cannot be "yes"; expected true or false'],
  },
  {
    reason: 'being given at a start in a way that is not known',
    text: `${seat}on-start = true\non-pause = "give"`,
    problems: [
      '4:12 seat[0].on-start cannot be true; expected "stay", "give" or "take"',
      '5:12 seat[0].on-pause cannot be "give"; expected "host" or "stay"',
    ],
  },
  {
    reason: 'staying with a domain that has stopped',
    text: `${seat}on-stop = "stay"`,
    problems: ['4:11 seat[0].on-stop cannot be "stay"; expected "host"'],
  },
  {
    reason: 'domains whose proxies would have one link',
    text: `${seat.replace('win10', 'win 10')}[[seat]]\nname = "couch"\ndomains = ["linux", "win_10"]`,
    problems: [
      '6:21 seat[1].domains[1] cannot be told apart from seat[0].domains[0] ("win 10") in /dev/input/by-handglass; expected names that differ there, where both are "win_10"',
    ],
  },
  {
    reason: 'two domains of its own whose proxies would have one link',
    text: '[[seat]]\nname = "desk"\ndomains = ["a/b", "a:b", "a.b"]',
    problems: [
      '3:19 seat[0].domains[1] cannot be told apart from seat[0].domains[0] ("a/b") in /dev/input/by-handglass; expected names that differ there, where both are "a_b"',
    ],
  },
];

test.each(refused)('A [[seat]] is refused for $reason', ({ text, problems }) => {
  expect(problemsOf(text)).toEqual(problems);
});
