import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, type Frame, frameReader, hello, kinds } from './frames.ts';

const frames = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    session: fc.nat(0xffff_ffff),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 12 },
);

/** Places to cut a stream at, as fractions of its length. */
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

test('frames come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(frames, cuts, (sent, cuts) => {
      const reader = frameReader();
      const stream = Buffer.concat(sent.map(encoded));

      const received = cutAt(stream, cuts).flatMap((chunk) => reader.push(chunk));

      expect(received.map(plain)).toEqual(sent.map(plain));
    }),
  );
});

test('what a reset cut short is skipped up to the hello, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), frames, cuts, (garbage, sent, cuts) => {
      const reader = frameReader();
      reader.push(encodeFrame('stdout', 1, 'cut short').subarray(0, 12));
      reader.awaitHello();
      const stream = Buffer.concat([garbage, hello, ...sent.map(encoded)]);

      const received = cutAt(stream, cuts).flatMap((chunk) => reader.push(chunk));

      expect(received.map(({ kind }) => kind)).toEqual(['hello', ...sent.map(({ kind }) => kind)]);
    }),
  );
});

test('a payload stays as it is when more of the stream arrives', () => {
  const reader = frameReader();
  const [frame] = reader.push(encodeFrame('stdout', 1, 'first'));

  reader.push(encodeFrame('stdout', 1, 'other'));

  expect(frame?.payload.toString()).toBe('first');
});

test('a frame of a kind that does not exist is refused', () => {
  const frame = encodeFrame('exit', 1, '0');
  frame.writeUInt8(kinds.length, 4);

  expect(() => frameReader().push(frame)).toThrow('no known kind');
});

function encoded({
  kind,
  session,
  payload,
}: {
  kind: Frame['kind'];
  session: number;
  payload: Uint8Array;
}): Buffer {
  return encodeFrame(kind, session, payload);
}

function plain({
  kind,
  session,
  payload,
}: {
  kind: Frame['kind'];
  session: number;
  payload: Uint8Array;
}) {
  return { kind, session, payload: Buffer.from(payload).toString('hex') };
}

function cutAt(stream: Buffer, fractions: number[]): Buffer[] {
  const places = fractions
    .map((each) => Math.floor(each * stream.length))
    .toSorted((a, b) => a - b);
  return [0, ...places].map((start, index) =>
    stream.subarray(start, places[index] ?? stream.length),
  );
}
