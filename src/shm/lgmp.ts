/*
 * How a Looking Glass host shows itself in the shared memory. All numbers are little endian. The
 * guest writes all of this: nothing here is trusted, and text is cut down to printable ASCII.
 *
 *   generation   recognised by                    heartbeat        Looking Glass's own data
 *   protocol 6   LGMP's magic number at 0         u64 at 16        5756
 *   protocol 10  LGMP's magic number at 8064      u64 at 0         8084
 *   development  "KVMFRRCV" 64 KiB before the     u32 at 48 of     the block itself
 *                end, and ready (1) at 60         the block
 *
 * LGMP's magic number is followed by its protocol and session id, u32 each. The own data start with
 * "KVMFR---", then the KVMFR version (u32) and the host's version (32 bytes of text). The block of
 * the development version keeps its layout across protocols: LGMP protocol at 16, KVMFR version at
 * 20, session (u64) at 24, the host's version (48 bytes) at 64.
 */

export interface LookingGlassHeader {
  /** LGMP's protocol: a client speaks to a host of its own only. */
  protocol: number;
  /** Another one for each start of the host. */
  sessionId: number;
  /** Changes all the time while the host lives: each 100 ms, or 250 ms in newer generations. */
  heartbeat: number;
  /** Null while the host has not written it. */
  kvmfrVersion: number | null;
  /** Such as `B7`; null likewise. */
  hostVersion: string | null;
  /** Whether this is from the recovery block of the development version. */
  recovery: boolean;
}

/** A part of the file to read for `parseHeader`, in bytes. */
interface Span {
  offset: number;
  length: number;
}

/** The parts of a file of this size that a header can be in: its start, and the recovery block. */
export function headerSpans(fileBytes: number): { start: Span; recovery: Span } {
  return {
    start: { offset: 0, length: 8192 },
    recovery: { offset: Math.max(0, fileBytes - 64 * 1024), length: 128 },
  };
}

/** The header of the host that wrote last, from the parts `headerSpans` names. Null: none. */
export function parseHeader(start: Buffer, recovery: Buffer): LookingGlassHeader | null {
  // A host overwrites the older generations' magic numbers, but may leave an old recovery block.
  for (const layout of lgmpLayouts) {
    const header = parseLgmp(start, layout);
    if (header !== null) return header;
  }
  return parseRecovery(recovery);
}

interface LgmpLayout {
  magicAt: number;
  heartbeatAt: number;
  dataAt: number;
}

const lgmpLayouts: readonly LgmpLayout[] = [
  { magicAt: 0, heartbeatAt: 16, dataAt: 5756 },
  { magicAt: 8064, heartbeatAt: 0, dataAt: 8084 },
];

const lgmpMagic = 0x504d474c;

function parseLgmp(
  bytes: Buffer,
  { magicAt, heartbeatAt, dataAt }: LgmpLayout,
): LookingGlassHeader | null {
  if (bytes.length < dataAt + 44 || bytes.readUInt32LE(magicAt) !== lgmpMagic) return null;
  const hasData = bytes.toString('latin1', dataAt, dataAt + 8) === 'KVMFR---';
  return {
    protocol: bytes.readUInt32LE(magicAt + 4),
    sessionId: bytes.readUInt32LE(magicAt + 8),
    heartbeat: Number(bytes.readBigUInt64LE(heartbeatAt)),
    kvmfrVersion: hasData ? bytes.readUInt32LE(dataAt + 8) : null,
    hostVersion: hasData ? textAt(bytes, dataAt + 12, 32) : null,
    recovery: false,
  };
}

function parseRecovery(bytes: Buffer): LookingGlassHeader | null {
  if (bytes.length < 112 || bytes.toString('latin1', 0, 8) !== 'KVMFRRCV') return null;
  if (bytes.readUInt32LE(60) !== 1) return null;
  return {
    protocol: bytes.readUInt32LE(16),
    sessionId: Number(bytes.readBigUInt64LE(24)),
    heartbeat: bytes.readUInt32LE(48),
    kvmfrVersion: bytes.readUInt32LE(20),
    hostVersion: textAt(bytes, 64, 48),
    recovery: true,
  };
}

/** Text up to its first NUL, without what could steer a terminal. */
function textAt(bytes: Buffer, offset: number, length: number): string {
  const [text = ''] = bytes.toString('latin1', offset, offset + length).split('\0');
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
