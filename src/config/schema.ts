import { z } from 'zod';
import { parseChord } from './chord-text.ts';
import { parseEndpoint } from './endpoint.ts';
import { parsed, table, textOf } from './fields.ts';
import { parseResolution, resolutionRange } from './resolution.ts';
import { inputSelector, usbSelector } from './selectors.ts';

const domainName = textOf(
  /^(?!host$)\P{Cc}+$/u,
  'the name of a domain in `virsh list --all`, other than "host"',
);

const seatName = textOf(/^\P{Cc}+$/u, 'a name such as "desk", without control characters');

const accountName = (kind: 'user' | 'group') =>
  textOf(/^[^\s:/\p{Cc}]+$/u, `the name of a ${kind}`);

const chord = z
  .string('keys joined by +, such as "leftctrl+rightctrl"')
  .transform((text, context) => {
    const result = parseChord(text);
    if ('keys' in result) return result;
    const { wrong, expected } = result;
    context.addIssue({ code: 'custom', message: expected, params: { wrong } });
    return z.NEVER;
  });

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

export const seatTable = table('[[seat]] tables', {
  name: seatName,
  domains: z
    .array(domainName, 'a list of domains, such as ["win10"]')
    .min(1, 'one domain at least, such as ["win10"]'),
  input: z.array(inputSelector, 'a list of selectors, such as [{ name = "…" }]').default([]),
  usb: z.array(usbSelector, 'a list of selectors, such as [{ serial = "…" }]').default([]),
});

export const chordsTable = table('the table [chords]', {
  toggle: chord.prefault('leftctrl+rightctrl'),
  panic: chord.prefault('leftctrl+leftalt+pause'),
});

export const chordTable = table('[[chord]] tables', {
  keys: chord,
  seat: textOf(/^\P{Cc}+$/u, 'the name of a [[seat]] in this file'),
  to: textOf(/^\P{Cc}+$/u, '"host" or a domain of that seat'),
});

const libvirtTable = table('the table [libvirt]', {
  uri: textOf(
    /^qemu(\+[a-z]+)?:\/\/\S+$/,
    'a QEMU address of libvirt, such as "qemu:///system"',
  ).default('qemu:///system'),
});

const serverTable = table('the table [server]', {
  listen: z
    .array(
      parsed(parseEndpoint, 'ADDRESS:PORT, such as "192.168.122.1:18503" or "[fd00::1]:18503"'),
      'a list of addresses, such as ["192.168.122.1:18503"]',
    )
    .default([]),
});

/** `/etc/handglass/handglass.toml`, each rule that a value can meet or break by itself. */
export const configSchema = table('a TOML document', {
  'looking-glass': z.array(lookingGlassTable, '[[looking-glass]] tables').default([]),
  seat: z.array(seatTable, '[[seat]] tables').default([]),
  chords: chordsTable.prefault({}),
  chord: z.array(chordTable, '[[chord]] tables').default([]),
  libvirt: libvirtTable.prefault({}),
  server: serverTable.prefault({}),
}).transform(({ 'looking-glass': lookingGlass, seat, chords, chord: gives, ...rest }) => ({
  lookingGlass,
  seats: seat,
  chords: { ...chords, gives },
  ...rest,
}));

export type Config = z.output<typeof configSchema>;
export type LookingGlass = z.output<typeof lookingGlassTable>;
export type Seat = z.output<typeof seatTable>;
/** A chord that gives one seat to one target. */
export type GiveChord = z.output<typeof chordTable>;
