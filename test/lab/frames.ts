/**
 * What the outside and the agent inside say to each other over one virtio-serial port: frames of
 *
 *     u32 length of the payload, u8 kind, u32 session, payload          (big endian)
 *
 * A session is one command. Its streams travel as they come, so that several commands run side by
 * side. The agent's first frame after a boot is `hello`; a reset can cut a frame in two, so the
 * outside skips everything up to the hello's fixed bytes after each reset.
 */

export const kinds = [
  'hello',
  'start',
  'stdin',
  'stdin-end',
  'stop',
  'stdout',
  'stderr',
  'exit',
] as const;

export type Kind = (typeof kinds)[number];

export interface Frame {
  kind: Kind;
  session: number;
  payload: Buffer;
}

/** Payload of `start`, as JSON. */
export interface Start {
  command: string[];
  /** Text of a program to put in place of the command's first word. */
  script?: string;
  env: Record<string, string>;
  /** Run on a terminal of this size. */
  terminal?: { rows: number; columns: number };
}

const headerLength = 9;
const helloPayload = Buffer.from('handglass virtual host');
const helloFrame = encodeFrame('hello', 0, helloPayload);

export function encodeFrame(
  kind: Kind,
  session: number,
  payload: Uint8Array | string = '',
): Buffer {
  const body = Buffer.from(payload);
  const header = Buffer.alloc(headerLength);
  header.writeUInt32BE(body.length, 0);
  header.writeUInt8(kinds.indexOf(kind), 4);
  header.writeUInt32BE(session, 5);
  return Buffer.concat([header, body]);
}

export const hello = helloFrame;

export interface FrameReader {
  push(chunk: Buffer): Frame[];
  /** Skips what comes until the next hello. */
  awaitHello(): void;
}

export function frameReader(): FrameReader {
  let pending = Buffer.alloc(0);
  let skipping = false;

  function* frames(): Generator<Frame> {
    if (skipping) {
      const start = pending.indexOf(helloFrame);
      if (start === -1) {
        pending = pending.subarray(Math.max(0, pending.length - helloFrame.length + 1));
        return;
      }
      pending = pending.subarray(start);
      skipping = false;
    }
    while (pending.length >= headerLength) {
      const end = headerLength + pending.readUInt32BE(0);
      if (pending.length < end) return;
      const kind = kinds[pending.readUInt8(4)];
      if (kind === undefined) throw new Error('The virtual host sent a frame of no known kind.');
      yield {
        kind,
        session: pending.readUInt32BE(5),
        payload: pending.subarray(headerLength, end),
      };
      pending = pending.subarray(end);
    }
  }

  return {
    push(chunk) {
      pending = Buffer.concat([pending, chunk]);
      return [...frames()];
    },
    awaitHello() {
      pending = Buffer.alloc(0);
      skipping = true;
    },
  };
}
