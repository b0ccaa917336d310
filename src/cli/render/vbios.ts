import { styleText } from 'node:util';
import { machineText, subsystemText } from '../../vbios/efi-header.ts';
import type { Rom, RomImage } from '../../vbios/rom.ts';
import { kindTexts } from '../../vbios/uefi-verdict.ts';
import { table } from './table.ts';

/** What is in a ROM, and below it what is wrong and whether UEFI can use it. */
export function romLines(name: string, rom: Rom, isShadow: boolean): string[] {
  const { images, problems, uefi } = rom;
  // What the verdict says is said once.
  const isNews = (problem: string) => !uefi.reason.includes(problem);
  const remarks = [
    ...images.flatMap((image, index) =>
      image.problems.filter(isNews).map((problem) => `Image ${index + 1}: ${problem}`),
    ),
    ...problems.filter(isNews),
    ...(isShadow
      ? ["This is the copy that this machine's start has run: the card's own may differ."]
      : []),
  ];
  return [
    `${styleText('bold', name)}  ${sizesText(rom)}`,
    ...imageRows(images),
    ...remarks
      .filter((remark) => remark !== uefi.reason)
      .map((remark) => `  ${styleText('yellow', remark)}`),
    `  UEFI guests: ${uefi.usable ? styleText('green', 'yes') : styleText('red', 'no')}. ${uefi.reason}`,
  ];
}

function sizesText({ bytes, images, vendorHeaderBytes, trailingBytes }: Rom): string {
  return [
    `${bytes} bytes`,
    images.length === 1 ? '1 image' : `${images.length} images`,
    ...(vendorHeaderBytes ? [`${vendorHeaderBytes} bytes in front`] : []),
    ...(trailingBytes > 0 ? [`${trailingBytes} bytes behind`] : []),
  ].join(', ');
}

function imageRows(images: readonly RomImage[]): string[] {
  if (images.length === 0) return [];
  const [heading = '', ...rows] = table([
    ['  image', 'at', 'bytes', 'kind', 'for', 'class', 'revision', ''],
    ...images.map(imageCells),
  ]);
  return [styleText('dim', heading), ...rows];
}

function imageCells(image: RomImage, index: number): string[] {
  const { offset, length, kind, pci } = image;
  return [
    `  ${index + 1}`,
    `0x${offset.toString(16)}`,
    `${length}`,
    kind === 'unknown' ? `code type ${pci.codeType}` : kindTexts[kind],
    `${pci.vendor}:${[pci.device, ...pci.otherDevices.filter((id) => id !== pci.device)].slice(0, 3).join(',')}`,
    pci.classCode,
    `${pci.codeRevision}`,
    detailsText(image),
  ];
}

function detailsText({ checksum, efi, pci }: RomImage): string {
  return [
    ...(checksum === null ? [] : [`checksum ${checksum}`]),
    ...(efi === null
      ? []
      : [
          `${subsystemText(efi.subsystem)} for ${machineText(efi.machine)}`,
          ...(efi.compression === 0 ? [] : ['compressed']),
        ]),
    ...(pci.isLast ? ['last'] : []),
  ].join(', ');
}
