/** What a Looking Glass host writes into the shared memory, for tests to put there. */

export interface Written {
  protocol: number;
  sessionId: number;
  heartbeat: number;
  hostVersion: string;
}

/** The first 8 KiB as hosts of LGMP protocol 6 and 10 leave them. */
export function headerBytes({ protocol, sessionId, heartbeat, hostVersion }: Written): Buffer {
  const bytes = Buffer.alloc(8192);
  const [magicAt, heartbeatAt, dataAt] = protocol === 6 ? [0, 16, 5756] : [8064, 0, 8084];
  bytes.writeBigUInt64LE(BigInt(heartbeat), heartbeatAt);
  bytes.write('LGMP', magicAt, 'latin1');
  bytes.writeUInt32LE(protocol, magicAt + 4);
  bytes.writeUInt32LE(sessionId, magicAt + 8);
  bytes.write('KVMFR---', dataAt, 'latin1');
  bytes.writeUInt32LE(20, dataAt + 8);
  bytes.write(hostVersion, dataAt + 12, 32);
  return bytes;
}

/** The block 64 KiB before the end, as the development version leaves it. */
export function recoveryBytes({ protocol, sessionId, heartbeat, hostVersion }: Written): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write('KVMFRRCV', 0, 'latin1');
  bytes.writeUInt16LE(1, 8);
  bytes.writeUInt32LE(protocol, 16);
  bytes.writeUInt32LE(34, 20);
  bytes.writeBigUInt64LE(BigInt(sessionId), 24);
  bytes.writeUInt32LE(heartbeat, 48);
  bytes.writeUInt32LE(1, 60);
  bytes.write(hostVersion, 64, 48);
  return bytes;
}
