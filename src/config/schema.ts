import { z } from 'zod';
import { chordKeys, chordSetting, toChordSetting } from './chord-setting.ts';
import { commandLine } from './command-line.ts';
import { parsed, table, tables, textOf, wholeNumber } from './fields.ts';
import { proxyName } from './proxy-name.ts';
import { parseResolution, resolutionRange } from './resolution.ts';
import { inputSelector, usbSelector } from './selectors.ts';
import { panelTable, serverTable } from './server.ts';

const domainName = textOf(
  /^(?!host$)\P{Cc}+$/u,
  'the name of a domain in `virsh list --all`, other than "host"',
);

/** The kernel holds 79 bytes of where a device is: `handglass/<proxy name>-keyboard`. */
const mostProxyName = 60;

/** One with proxies in /dev/input/by-handglass, where those of the host are `host-…`. */
const seatDomain = domainName
  .refine((domain) => !proxyName(domain).startsWith('host-'), {
    message: 'a domain whose name does not begin with "host-"',
    params: { wrong: "would have its proxies among the host's own in /dev/input/by-handglass" },
  })
  .refine((domain) => proxyName(domain).length <= mostProxyName, {
    message: `a domain whose name has at most ${mostProxyName} characters`,
    params: { wrong: 'has a name too long for its proxies in /dev/input/by-handglass' },
  });

const seatName = textOf(/^\P{Cc}+$/u, 'a name such as "desk", without control characters');

const accountName = (kind: 'user' | 'group') =>
  textOf(/^[^\s:/\p{Cc}]+$/u, `the name of a ${kind}`);

const knownSeat = textOf(/^\P{Cc}+$/u, 'the name of a [[seat]] in this file');

const target = textOf(/^\P{Cc}+$/u, '"host" or a domain of that seat');

const targets = z.union(
  [
    target.transform((one) => [one]),
    z.array(target).min(2, 'two targets or more, or one as a text, such as "win10"'),
  ],
  '"host", a domain of that seat, or a list of them to go through',
);

/** A shared-memory file and what its size derives from. */
export const lookingGlassTable = table('[[looking-glass]] tables', {
  domain: domainName,
  resolution: parsed(parseResolution, `WIDTHxHEIGHT in quotes, ${resolutionRange}`),
  hdr: z.boolean('true or false').default(false),
  for: z.enum(['b7', 'idd', 'any'], '"b7", "idd" or "any"').default('any'),
  path: textOf(
    /^\/dev\/(shm\/(?!\.{1,2}$)[^/\p{Cc}]+|kvmfr\d+)$/u,
    'an absolute path: a file directly in /dev/shm, or a device such as /dev/kvmfr0',
  ).default('/dev/shm/looking-glass'),
  owner: accountName('user'),
  group: accountName('group').default('kvm'),
  mode: textOf(/^0?[0-7]{3}$/, 'permission bits as octal digits in quotes, such as "0660"')
    .transform((digits) => Number.parseInt(digits, 8))
    .default(0o660),
}).transform(({ resolution, ...rest }) => ({ ...rest, ...resolution }));

const opticalDrive = textOf(
  /^\/dev(\/(?!\.{1,2}(\/|$))[^/\p{Cc}]+)+$/u,
  'the absolute path of an optical drive below /dev, such as "/dev/sr0"',
);

const hostOrStay = z.enum(['host', 'stay'], '"host" or "stay"');

export const seatTable = table('[[seat]] tables', {
  name: seatName,
  domains: z
    .array(seatDomain, 'a list of domains, such as ["win10"]')
    .min(1, 'one domain at least, such as ["win10"]'),
  input: z.array(inputSelector, 'a list of selectors, such as [{ name = "…" }]').default([]),
  usb: z.array(usbSelector, 'a list of selectors, such as [{ serial = "…" }]').default([]),
  optical: z.array(opticalDrive, 'a list of paths, such as ["/dev/sr0"]').default([]),
  swallow: z.boolean('true or false').default(false),
  'on-start': z.enum(['stay', 'give', 'take'], '"stay", "give" or "take"').default('stay'),
  // A domain that ends keeps nothing; the word is taken so that the choice can be written down.
  'on-stop': z.literal('host', '"host"').default('host'),
  'on-pause': hostOrStay.default('host'),
  'on-suspend': hostOrStay.default('stay'),
}).transform((seat) => {
  const { name, domains, input, usb, optical, swallow } = seat;
  const rules = {
    onStart: seat['on-start'],
    onPause: seat['on-pause'],
    onSuspend: seat['on-suspend'],
  };
  return { name, domains, input, usb, optical, swallow, ...rules };
});

export const chordsTable = table('the table [chords]', {
  toggle: chordSetting.prefault('leftctrl+rightctrl'),
  panic: chordSetting.prefault('leftctrl+leftalt+pause'),
});

export const chordTable = table('[[chord]] tables', {
  ...chordKeys,
  seat: knownSeat,
  to: targets,
}).transform(toChordSetting);

/** What to run once a seat has gone to a target. */
export const onGiveTable = table('[[on-give]] tables', {
  seat: knownSeat,
  to: target,
  run: commandLine,
  timeout: wholeNumber('seconds', 1, 300).default(10),
}).transform(({ timeout, ...rest }) => ({ ...rest, timeoutMs: timeout * 1000 }));

const libvirtTable = table('the table [libvirt]', {
  uri: textOf(
    /^qemu(\+[a-z]+)?:\/\/\S+$/,
    'a QEMU address of libvirt, such as "qemu:///system"',
  ).default('qemu:///system'),
});

/** A domain that is a QEMU without libvirt. */
export const qemuTable = table('[[qemu]] tables', {
  name: textOf(/^(?!host$)\P{Cc}+$/u, 'a name such as "win10", other than "host"'),
  socket: textOf(/^\/[^\0]{1,106}$/u, 'the absolute path of a socket, of 107 characters at most'),
});

/** `/etc/handglass/handglass.toml`, each rule that a value can meet or break by itself. */
export const configSchema = table('a TOML document', {
  'looking-glass': tables('looking-glass', lookingGlassTable),
  seat: tables('seat', seatTable),
  chords: chordsTable.prefault({}),
  chord: tables('chord', chordTable),
  'on-give': tables('on-give', onGiveTable),
  qemu: tables('qemu', qemuTable),
  libvirt: libvirtTable.prefault({}),
  server: serverTable.prefault({}),
  panel: panelTable.prefault({}),
}).transform(
  ({ 'looking-glass': lookingGlass, seat, chords, chord: gives, 'on-give': onGive, ...rest }) => ({
    lookingGlass,
    seats: seat,
    chords: { ...chords, gives },
    onGive,
    ...rest,
  }),
);

export type Config = z.output<typeof configSchema>;
export type LookingGlass = z.output<typeof lookingGlassTable>;
export type Seat = z.output<typeof seatTable>;
/** A chord that gives one seat to a target, or to the next of several each time. */
export type GiveChord = z.output<typeof chordTable>;
