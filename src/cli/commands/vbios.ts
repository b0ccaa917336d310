import { buildCommand, buildRouteMap } from '@stricli/core';
import { resolve } from 'node:path';
import { HandglassError } from '../../errors.ts';
import type { CardRom } from '../../vbios/sysfs.ts';
import type { Context } from '../context.ts';
import { failedStatus } from '../exit-status.ts';
import { argument, jsonFlag, newFileFlag } from '../flags.ts';

const dump = buildCommand({
  async func(this: Context, { to }: { to: string }, text: string) {
    const { pciAddressFrom } = await import('../../vbios/address.ts');
    const { writeRomFile } = await import('../../vbios/file.ts');
    const address = pciAddressFrom(text);
    if (address === null) {
      throw new HandglassError(
        'usage',
        `"${text}" is no PCI address.`,
        'Write it as lspci does: 01:00.0, or with its domain, 0000:01:00.0.',
      );
    }
    const { bytes, isShadow } = await readCard(this, address);
    await writeRomFile(this.host, to, bytes);
    await show(this, { name: to, bytes, isShadow });
  },
  parameters: {
    flags: { to: newFileFlag },
    positional: {
      kind: 'tuple',
      parameters: [argument('ADDRESS', 'PCI address, such as 01:00.0')],
    },
  },
  docs: {
    brief: "Copy a card's ROM into a file (as root)",
    fullDescription: `Copy a card's ROM into a file (as root).

The card may have a driver. One that shows this machine's first picture often
shows no ROM, or a copy that has changed.`,
  },
});

const showCommand = buildCommand({
  async func(this: Context, { json }: { json?: boolean }, text: string) {
    const { pciAddressFrom } = await import('../../vbios/address.ts');
    const { readRomFile } = await import('../../vbios/file.ts');
    const address = pciAddressFrom(text);
    const source =
      address === null
        ? { name: text, bytes: await readRomFile(this.host, resolve(text)), isShadow: false }
        : { name: address, ...(await readCard(this, address)) };
    await show(this, source, json);
  },
  parameters: {
    flags: { json: jsonFlag },
    positional: {
      kind: 'tuple',
      parameters: [argument('FILE|ADDRESS', 'File, or PCI address (as root)')],
    },
  },
  docs: {
    brief: 'Show the images of a ROM, and whether UEFI guests can use it',
    fullDescription: `Show the images of a ROM, and whether UEFI guests can use it.

What looks like a PCI address is one: a file of that name is ./01:00.0. Exit
status: 1 where there is no image.`,
  },
});

const strip = buildCommand({
  async func(this: Context, { to }: { to: string }, text: string) {
    const { readRomFile, writeRomFile } = await import('../../vbios/file.ts');
    const { withoutVendorHeader } = await import('../../vbios/parse.ts');
    const whole = await readRomFile(this.host, resolve(text));
    const bytes = withoutVendorHeader(whole);
    if (bytes === null || bytes.length === whole.length) {
      throw new HandglassError(
        'vbios-failed',
        bytes === null
          ? `${text} has no image of a ROM.`
          : `${text} has nothing in front of its first image.`,
        bytes === null ? 'See `handglass vbios show`.' : 'Use it as it is.',
      );
    }
    await writeRomFile(this.host, to, bytes);
    await show(this, { name: to, bytes, isShadow: false });
  },
  parameters: {
    flags: { to: newFileFlag },
    positional: { kind: 'tuple', parameters: [argument('FILE', 'File that has a ROM')] },
  },
  docs: {
    brief: 'Copy a ROM without what a vendor has put in front of it',
    fullDescription: `Copy a ROM without what a vendor has put in front of it.

Files from NVIDIA's flash tool or from collections often begin with a header
that UEFI does not skip.`,
  },
});

/** Ctrl-C waits until the kernel no longer shows the ROM. */
async function readCard(context: Context, address: string): Promise<CardRom> {
  const { readCardRom } = await import('../../vbios/sysfs.ts');
  const interrupted = context.catchInterrupt();
  const rom = await readCardRom(context.host, address);
  if (interrupted.aborted) throw new HandglassError('vbios-failed', 'It was interrupted.');
  return rom;
}

async function show(
  context: Context,
  { name, bytes, isShadow }: CardRom & { name: string },
  json = false,
): Promise<void> {
  const { parseRom } = await import('../../vbios/parse.ts');
  const rom = parseRom(bytes);
  if (rom.images.length === 0) context.process.exitCode = failedStatus;
  if (json) return context.print(JSON.stringify({ name, isShadow, ...rom }));
  const { romLines } = await import('../render/vbios.ts');
  context.print(...romLines(name, rom, isShadow));
}

export const vbios = buildRouteMap({
  routes: { dump, show: showCommand, strip },
  docs: { brief: "Dump and examine a card's ROM" },
});
