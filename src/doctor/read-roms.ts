/** What the ROMs have that domains give to cards, or that guests find on these. */
import type { OpenFiles, ReadFiles } from '../host/ports.ts';
import { hasNoOutputs, isGraphics } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import { type Unread, unlessUnread } from '../system/unread.ts';
import { readRomFile } from '../vbios/file.ts';
import { parseRom } from '../vbios/parse.ts';
import { romPathOf } from '../vbios/sysfs.ts';
import type { Domain, RomFacts } from './facts.ts';

export async function readRoms(
  host: ReadFiles & OpenFiles,
  domains: readonly Domain[],
  devices: readonly PciDevice[],
): Promise<ReadonlyMap<string, RomFacts>> {
  const given = domains.flatMap(({ xml, isRunning }) =>
    (xml?.pci ?? []).map(({ address, rom }) => ({ address, rom, isRunning })),
  );
  const files = new Set(given.flatMap(({ rom }) => rom.file ?? []));
  const running = new Set(given.flatMap(({ address, isRunning }) => (isRunning ? address : [])));
  const cards = devices.filter(
    ({ address, class: code, hasRom }) =>
      isGraphics(code) &&
      !hasNoOutputs(code) &&
      hasRom === true &&
      !running.has(address) &&
      given.some((each) => each.address === address && each.rom.file === null),
  );
  const found = await Promise.all([
    ...[...files].map(async (path): Promise<[string, RomFacts]> => [
      path,
      await romFacts(() => readRomFile(host, path)),
    ]),
    ...cards.map(({ address }) => ownRom(host, romPathOf(address))),
  ]);
  return new Map(found.filter((each) => each !== null));
}

async function romFacts(reading: () => Promise<Buffer>): Promise<RomFacts> {
  const unread: Unread = {};
  const rom = await unlessUnread(unread, 'uefi', async () => parseRom(await reading()));
  const cards = (rom?.images ?? []).flatMap(({ pci }) =>
    [pci.device, ...pci.otherDevices].map((device) => `${pci.vendor}:${device}`),
  );
  return { uefi: rom?.uefi ?? null, cards, headerBytes: rom?.vendorHeaderBytes ?? 0, unread };
}

/**
 * Null where nobody has had the kernel show it: to ask for it here would change something. What the kernel
 * shows begins as an image does.
 */
async function ownRom(
  host: ReadFiles & OpenFiles,
  path: string,
): Promise<[string, RomFacts] | null> {
  const bytes = await readRomFile(host, path).catch(() => null);
  const isShown = bytes?.[0] === 0x55 && bytes[1] === 0xaa;
  return isShown ? [path, await romFacts(async () => bytes)] : null;
}
