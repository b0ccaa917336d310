const sectorBytes = 2048;
const sectors = 16;

/**
 * An empty FAT12 (Microsoft's fatgen103) in sectors of a disc's length: what can be mounted, in a
 * drive that takes no file system of shorter ones.
 */
export function emptyDisc(): Buffer {
  const disc = Buffer.alloc(sectors * sectorBytes);
  // A jump, with which every boot sector begins.
  disc.set([0xeb, 0x3c, 0x90]);
  disc.writeUInt16LE(sectorBytes, 11);
  const sectorsPerCluster = 1;
  disc.writeUInt8(sectorsPerCluster, 13);
  const reservedSectors = 1;
  disc.writeUInt16LE(reservedSectors, 14);
  const tables = 1;
  disc.writeUInt8(tables, 16);
  const rootEntries = 64;
  disc.writeUInt16LE(rootEntries, 17);
  disc.writeUInt16LE(sectors, 19);
  const medium = 0xf8;
  disc.writeUInt8(medium, 21);
  const sectorsPerTable = 1;
  disc.writeUInt16LE(sectorsPerTable, 22);
  disc.writeUInt16LE(0xaa55, 510);
  // The table begins with the medium again.
  disc.set([medium, 0xff, 0xff], reservedSectors * sectorBytes);
  return disc;
}
