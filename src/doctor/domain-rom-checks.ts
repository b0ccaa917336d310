/** The ROMs that domains give to cards, or that guests find on these. */
import { dirname } from 'node:path';
import type { Boot } from '../system/boot.ts';
import { isChangedAsWhole } from '../system/distribution.ts';
import { hasNoOutputs, isGraphics } from '../system/pci-classes.ts';
import type { PciDevice } from '../system/pci.ts';
import { romPathOf } from '../vbios/sysfs.ts';
import {
  andAdvice,
  type Check,
  type Finding,
  known,
  ok,
  problem,
  type Todo,
  unknown,
  warning,
} from './check.ts';
import { isDeclared } from './declaring.ts';
import { eachDevice, type Given } from './each-device.ts';
import { editCommand } from './each-domain.ts';
import type { Facts } from './facts.ts';
import { shellWord } from './shell-word.ts';

export const domainRomChecks: Check[] = [
  { id: 'domain.rom', title: 'ROMs of cards of domains', look: eachDevice(rom) },
  { id: 'domain.rom-uefi', title: 'ROMs of domains for UEFI', look: eachDevice(romForUefi) },
  { id: 'domain.rom-card', title: 'Cards that ROMs are for', look: eachDevice(romCard) },
];

function rom({ device, hostdev, xml, facts }: Given): Finding | Finding[] {
  if (!isGraphics(device.class)) return [];
  const { file, isShown } = hostdev.rom;
  if (file !== null) {
    const found = facts.paths.get(file);
    if (found === undefined) return unknown(`${file} is no absolute path`);
    return known(found, 'found', (there) =>
      there === 'absent'
        ? problem(
            `Its ROM ${file} is not there, so the domain does not start.`,
            dump(device, file, facts),
          )
        : ok(`It has the ROM ${file}; \`handglass vbios show\` tells what is in it.`),
    );
  }
  if (!isShown) return ok('The guest does not see its ROM.');
  if (device.hasRom === false) {
    return ok(
      hasNoOutputs(device.class)
        ? "It shows no ROM: a laptop's own firmware keeps that of such a card."
        : 'It shows no ROM, as graphics of processors do not.',
    );
  }
  const unseen = device.unread['bootVga'];
  if (unseen !== undefined) return unknown(unseen);
  if (device.bootVga !== true) return ok('The guest sees its own ROM.');
  return warning(
    'The machine starts on this card, so its ROM may read as the firmware left it, and the guest shows nothing.',
    andAdvice(
      dump(device, 'gpu.rom', facts),
      `Then name the file in the domain: <rom file='…'/>, with \`${editCommand(xml.name)}\`.`,
    ),
  );
}

/** No command where the card shows no ROM, or one that the firmware may have changed. */
function dump(device: PciDevice, file: string, facts: Facts): Todo {
  const { address, bootVga, hasRom } = device;
  if (hasRom === false) {
    return { advice: 'The card shows no ROM to dump: take the file from where it was.' };
  }
  if (isOfWholeSystem(file, facts.boot)) {
    return andAdvice(
      dump(device, 'gpu.rom', facts),
      `Then name that file in the domain: this system changes ${dirname(file)} only as a whole.`,
    );
  }
  const folder = dirname(file);
  const isGone = facts.paths.get(folder)?.found === 'absent';
  const command = `${isGone ? `sudo install -d ${shellWord(folder)} && ` : ''}sudo handglass vbios dump ${address} --to ${shellWord(file)}`;
  return bootVga === true
    ? {
        advice: `Choose another card as the first in the firmware's setup and run \`${command}\` then, or dump it in another machine.`,
      }
    : { remedy: command };
}

/** Whether nobody writes it but what builds the system. */
function isOfWholeSystem(file: string, boot: Boot): boolean {
  if (!file.startsWith('/')) return false;
  if (isDeclared(boot)) return file.startsWith('/nix/store/');
  return (
    isChangedAsWhole(boot) &&
    !/^\/(etc|home|media|mnt|opt|root|run|srv|tmp|usr\/local|var)\//.test(file)
  );
}

/** Of a file that is there: that it is not is told of by `domain.rom`. */
function romOf({ hostdev, facts }: Given) {
  const { file } = hostdev.rom;
  const isThere = file !== null && facts.paths.get(file)?.found !== 'absent';
  const rom = file === null ? undefined : facts.roms.get(file);
  return isThere && rom !== undefined ? { file, rom } : null;
}

function romForUefi(given: Given): Finding | Finding[] {
  if (!given.xml.firmware.isUefi) return [];
  return given.hostdev.rom.file === null ? ownRomForUefi(given) : fileForUefi(given);
}

function ownRomForUefi({ device, hostdev, facts }: Given): Finding | Finding[] {
  const rom = facts.roms.get(romPathOf(device.address));
  if (rom === undefined || !hostdev.rom.isShown) return [];
  return known(rom, 'uefi', ({ usable, reason }) =>
    usable
      ? ok('UEFI finds a driver in its own ROM.')
      : warning(
          "UEFI finds no driver in its own ROM, so there is no picture before the guest's own.",
          {
            advice: `${reason} Name a file with an EFI image for this card in the domain (<rom file='…'/>), or give the card to a domain that starts by a BIOS (SeaBIOS).`,
          },
        ),
  );
}

function fileForUefi(given: Given): Finding | Finding[] {
  const found = romOf(given);
  if (found === null) return [];
  const { file, rom } = found;
  return known(rom, 'uefi', ({ usable, reason }) => {
    if (usable) return ok(`UEFI finds a driver in ${file}.`);
    const explanation = `UEFI finds no driver in ${file}, so there is no picture before the guest's own.`;
    return rom.headerBytes > 0
      ? warning(explanation, {
          remedy: `handglass vbios strip ${shellWord(file)} --to gpu-clean.rom`,
          advice: `${reason} Then name that file in the domain.`,
        })
      : warning(explanation, { advice: reason });
  });
}

function romCard(given: Given): Finding | Finding[] {
  const found = romOf(given);
  const { vendor, device } = given.device;
  if (found === null || found.rom.cards.length === 0 || vendor === null || device === null)
    return [];
  const { file, rom } = found;
  return rom.cards.includes(`${vendor}:${device}`)
    ? ok(`${file} is for this card.`)
    : problem(`${file} is for ${rom.cards[0]}, and the card is ${vendor}:${device}.`, {
        remedy: `sudo handglass vbios dump ${given.device.address} --to gpu.rom`,
        advice: 'Then name that file in the domain.',
      });
}
