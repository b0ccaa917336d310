import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkConfig } from '../../src/config/load.ts';
import { defaultLimits } from '../../src/config/server.ts';
import type { Config } from '../../src/config/schema.ts';
import { chords, configOf, lookingGlass, seat, seatOf, seats } from './problems-of.ts';

test('An empty file is a configuration with nothing to do', () => {
  expect(configOf('')).toEqual({
    lookingGlass: [],
    seats: [],
    chords: {
      toggle: {
        keys: { text: 'leftctrl+rightctrl', keys: [29, 97], taps: 1 },
        holdMs: 0,
        swallow: true,
      },
      panic: {
        keys: { text: 'leftctrl+leftalt+pause', keys: [29, 56, 119], taps: 1 },
        holdMs: 0,
        swallow: true,
      },
      gives: [],
    },
    onGive: [],
    qemu: [],
    libvirt: { uri: 'qemu:///system' },
    server: { listen: [], checkAddress: false, limits: defaultLimits },
    panel: { listen: [{ address: '127.0.0.1', port: 18_504 }] },
  });
});

test('The example is a configuration', async () => {
  const text = await readFile(new URL('../../config/handglass.toml', import.meta.url), 'utf8');
  expect(configOf(text)).toEqual({
    lookingGlass: [
      {
        domain: 'win10',
        width: 2560,
        height: 1440,
        hdr: false,
        for: 'any',
        path: '/dev/shm/looking-glass',
        owner: 'alice',
        group: 'kvm',
        mode: 0o660,
      },
    ],
    seats: [
      {
        name: 'desk',
        domains: ['win10'],
        input: [{ id: 'usb-QEMU_QEMU_USB_Keyboard_KBD1-event-kbd' }],
        usb: [{ serial: 'MOUSE1' }, { vendor: '46f4', product: '0001' }],
        optical: [],
        swallow: false,
        onStart: 'stay',
        onPause: 'host',
        onSuspend: 'stay',
      },
    ],
    chords: {
      toggle: {
        keys: { text: 'leftctrl+rightctrl', keys: [29, 97], taps: 1 },
        holdMs: 0,
        swallow: true,
      },
      panic: {
        keys: { text: 'leftctrl+leftalt+pause', keys: [29, 56, 119], taps: 1 },
        holdMs: 0,
        swallow: true,
      },
      gives: [],
    },
    onGive: [],
    qemu: [],
    libvirt: { uri: 'qemu:///system' },
    server: {
      listen: [{ address: '192.168.122.1', port: 18_503 }],
      checkAddress: false,
      limits: {
        messageBytes: 16_384,
        messagesPerSecond: 50,
        dropAfterMs: 10_000,
        connections: 64,
        connectionsPerAddress: 8,
        connectionsPerGuest: 8,
        connectsPerSecond: 5,
        authenticateMs: 5_000,
        pingMs: 30_000,
      },
    },
    panel: { listen: [{ address: '127.0.0.1', port: 18_504 }] },
  } satisfies Config);
});

test('What the example shows behind a # is a configuration too', async () => {
  const text = await readFile(new URL('../../config/handglass.toml', import.meta.url), 'utf8');
  const uncommented = text.replaceAll(/^# ((\[\[)?[a-z-]+( *=|\]\]).*)$/gm, '$1');
  const { chords, lookingGlass: files, onGive, panel, seats, server } = configOf(uncommented);
  expect(uncommented).not.toBe(text);
  expect(files).toEqual(configOf(text).lookingGlass);
  expect(seats).toEqual(configOf(text).seats);
  expect({ panel, server }).toEqual({ panel: configOf(text).panel, server: configOf(text).server });
  expect(chords.gives).toEqual([
    {
      keys: { text: 'leftmeta+f1', keys: [59, 125], taps: 1 },
      holdMs: 0,
      swallow: true,
      seat: 'desk',
      to: ['win10'],
    },
  ]);
  expect(onGive).toEqual([
    { seat: 'desk', to: 'win10', run: ['ddcutil', 'setvcp', '60', '0x11'], timeoutMs: 10_000 },
  ]);
});

interface Accepted {
  reason: string;
  text: string;
  /** The part of the configuration in question. */
  part: (config: Config) => unknown;
  value: unknown;
}

const accepted: Accepted[] = [
  {
    reason: 'an upright resolution with HDR',
    text: `${lookingGlass.replace('2560x1440', '1440x2560')}hdr = true\nfor = "b7"`,
    part: ({ lookingGlass: [file] }) => file,
    value: expect.objectContaining({ width: 1440, height: 2560, hdr: true, for: 'b7' }),
  },
  {
    reason: 'a mode of three digits',
    text: `${lookingGlass}mode = "600"`,
    part: ({ lookingGlass: [file] }) => file?.mode,
    value: 0o600,
  },
  {
    reason: 'a kvmfr device',
    text: `${lookingGlass}path = "/dev/kvmfr0"`,
    part: ({ lookingGlass: [file] }) => file?.path,
    value: '/dev/kvmfr0',
  },
  {
    reason: 'two files for one domain',
    text: `${lookingGlass}${lookingGlass}path = "/dev/shm/second"`,
    part: ({ lookingGlass: files }) => files.map(({ path }) => path),
    value: ['/dev/shm/looking-glass', '/dev/shm/second'],
  },
  {
    reason: 'input selectors of every form, ids in upper case',
    text: `${seat}input = [
      { id = "usb-kbd" }, { product = "C52B", vendor = "046D" }, { serial = "A 1" },
      { port = "1-2.3" }, { name = "Logitech*" },
    ]`,
    part: ({ seats: [first] }) => first?.input,
    value: [
      { id: 'usb-kbd' },
      { vendor: '046d', product: 'c52b' },
      { serial: 'A 1' },
      { port: '1-2.3' },
      { name: 'Logitech*' },
    ],
  },
  {
    reason: 'USB selectors of every form, one with two parts in common with another',
    text: `${seat}usb = [
      { vendor = "1532", product = "0037" }, { vendor = "1532", product = "0037", serial = "A1" },
      { serial = "A2" }, { port = "10-4.1.2" }, { class = "audio" }, { hub = "1-2" },
      { controller = "0000:0A:00.1" },
    ]`,
    part: ({ seats: [first] }) => first?.usb,
    value: [
      { vendor: '1532', product: '0037' },
      { vendor: '1532', product: '0037', serial: 'A1' },
      { serial: 'A2' },
      { port: '10-4.1.2' },
      { class: 'audio' },
      { hub: '1-2' },
      { controller: '0000:0a:00.1' },
    ],
  },
  {
    reason: 'a domain in two seats',
    text: `${seat}${seat.replace('desk', 'couch')}`,
    part: ({ seats }) => seats.map(({ domains }) => domains),
    value: [['win10'], ['win10']],
  },
  {
    reason: 'a domain by one name that links cannot have, in two seats',
    text: `${seat}${seat.replace('desk', 'couch')}`.replaceAll('win10', 'win 10'),
    part: ({ seats }) => seats.map(({ domains }) => domains),
    value: [['win 10'], ['win 10']],
  },
  {
    reason: 'a seat that keeps its chords from the desktop',
    text: `${seat}swallow = true`,
    part: ({ seats: [first] }) => first?.swallow,
    value: true,
  },
  {
    reason: 'as many seats as the switchboard holds',
    text: seats(16),
    part: (config) => config.seats.length,
    value: 16,
  },
  {
    reason: 'as many domains as the switchboard holds, some in two seats',
    text: `${seatOf('desk', 1, 10)}${seatOf('couch', 6, 15)}`,
    part: (config) => config.seats.map(({ domains }) => domains.length),
    value: [10, 10],
  },
  {
    reason: 'a domain whose name begins like that of a proxy of the host, and is none',
    text: seat.replace('win10', 'hostess'),
    part: ({ seats: [first] }) => first?.domains,
    value: ['hostess'],
  },
  {
    reason: 'as many chords as the switchboard holds beside many seats',
    text: `${seats(15)}${chords(19)}`,
    part: (config) => config.chords.gives.length,
    value: 19,
  },
  {
    reason: 'commands by path and by name, with as long as there may be to run',
    text: `${seat}[[on-give]]\nseat = "desk"\nto = "host"\nrun = ["/opt/my tools/desk", " a\\nb "]
      [[on-give]]\nseat = "desk"\nto = "win10"\nrun = ["ddcutil"]\ntimeout = 300`,
    part: ({ onGive }) => onGive,
    value: [
      { seat: 'desk', to: 'host', run: ['/opt/my tools/desk', ' a\nb '], timeoutMs: 10_000 },
      { seat: 'desk', to: 'win10', run: ['ddcutil'], timeoutMs: 300_000 },
    ],
  },
  {
    reason: 'seats that follow their domains and one that stays',
    text: `${seat}on-start = "take"\non-stop = "host"\non-pause = "stay"\non-suspend = "host"\n[[seat]]\nname = "sofa"\ndomains = ["win11"]`,
    part: ({ seats }) =>
      seats.map(({ onStart, onPause, onSuspend }) => [onStart, onPause, onSuspend]),
    value: [
      ['take', 'stay', 'host'],
      ['stay', 'host', 'stay'],
    ],
  },
  {
    reason: 'interfaces of all kinds by their names',
    text: '[server]\nlisten = ["virbr0:18503", "enp3s0.100:1", "fifteen-letters:65535"]',
    part: ({ server }) => server.listen,
    value: [
      { interface: 'virbr0', port: 18_503 },
      { interface: 'enp3s0.100', port: 1 },
      { interface: 'fifteen-letters', port: 65_535 },
    ],
  },
  {
    reason: 'limits, in seconds and bytes',
    text: '[server.limits]\nmessage-bytes = 4096\nmessages-per-second = 5\ndrop-after = 2\nconnections = 3\nconnections-per-address = 1\nconnections-per-guest = 2\nconnects-per-second = 2\nauthenticate-within = 9\nping-every = 60',
    part: ({ server }) => server.limits,
    value: {
      messageBytes: 4096,
      messagesPerSecond: 5,
      dropAfterMs: 2_000,
      connections: 3,
      connectionsPerAddress: 1,
      connectionsPerGuest: 2,
      connectsPerSecond: 2,
      authenticateMs: 9_000,
      pingMs: 60_000,
    },
  },
  {
    reason: "a check of the callers' addresses",
    text: '[server]\ncheck-address = true',
    part: ({ server }) => server.checkAddress,
    value: true,
  },
  {
    reason: 'no panel',
    text: '[panel]\nlisten = ""',
    part: ({ panel }) => panel.listen,
    value: [],
  },
  {
    reason: 'a panel by IPv6',
    text: '[panel]\nlisten = "[::1]:80"',
    part: ({ panel }) => panel.listen,
    value: [{ address: '::1', port: 80 }],
  },
  {
    reason: 'addresses of both families',
    text: '[server]\nlisten = ["0.0.0.0:1", "[::1]:65535", "[fd00::1]:18503"]',
    part: ({ server }) => server.listen,
    value: [
      { address: '0.0.0.0', port: 1 },
      { address: '::1', port: 65_535 },
      { address: 'fd00::1', port: 18_503 },
    ],
  },
  {
    reason: 'a byte order mark and line ends of Windows',
    text: '\uFEFF[libvirt]\r\nuri = "qemu:///session"\r\n',
    part: ({ libvirt }) => libvirt.uri,
    value: 'qemu:///session',
  },
];

test.each(accepted)('A configuration may have $reason', ({ text, part, value }) => {
  expect(part(configOf(text))).toEqual(value);
});

test('A problem carries the dotted path of what it is about', () => {
  const result = checkConfig(
    `${seat}usb = [{ serial = "A1" }, { vendor = "x", product = "0037" }]`,
  );
  expect(result).toEqual({
    problems: [
      {
        line: 4,
        column: 38,
        key: 'seat[0].usb[1].vendor',
        message: 'seat[0].usb[1].vendor cannot be "x"',
        expected: 'four hexadecimal digits in quotes, such as "046d"',
      },
    ],
  });
});
