import { expect, test } from 'vitest';
import { headerSpans, parseHeader } from '../../src/shm/lgmp.ts';
import { headerBytes, recoveryBytes } from './header-bytes.ts';

const none = Buffer.alloc(0);

test('the header of protocol 6 lies at the start', () => {
  const start = headerBytes({ protocol: 6, sessionId: 7, heartbeat: 123_456, hostVersion: 'B7' });
  expect(parseHeader(start, none)).toEqual({
    protocol: 6,
    sessionId: 7,
    heartbeat: 123_456,
    kvmfrVersion: 20,
    hostVersion: 'B7',
    recovery: false,
  });
});

test('the header of protocol 10 lies after its queues', () => {
  const start = headerBytes({ protocol: 10, sessionId: 9, heartbeat: 2, hostVersion: 'B7-247-g' });
  expect(parseHeader(start, none)).toEqual({
    protocol: 10,
    sessionId: 9,
    heartbeat: 2,
    kvmfrVersion: 20,
    hostVersion: 'B7-247-g',
    recovery: false,
  });
});

test('the development version is known by its recovery block', () => {
  const block = recoveryBytes({ protocol: 12, sessionId: 5, heartbeat: 77, hostVersion: 'B8-dev' });
  expect(parseHeader(Buffer.alloc(8192), block)).toEqual({
    protocol: 12,
    sessionId: 5,
    heartbeat: 77,
    kvmfrVersion: 34,
    hostVersion: 'B8-dev',
    recovery: true,
  });
});

test('an older host that took over is preferred to the recovery block that is left', () => {
  const start = headerBytes({ protocol: 6, sessionId: 7, heartbeat: 1, hostVersion: 'B7' });
  const block = recoveryBytes({ protocol: 12, sessionId: 5, heartbeat: 1, hostVersion: 'B8-dev' });
  expect(parseHeader(start, block)).toMatchObject({ protocol: 6, recovery: false });
});

test('a host that has not written its own data yet has no versions', () => {
  const start = headerBytes({ protocol: 6, sessionId: 7, heartbeat: 1, hostVersion: 'B7' });
  start.fill(0, 5756);
  expect(parseHeader(start, none)).toMatchObject({ kvmfrVersion: null, hostVersion: null });
});

test('what a guest writes as its version cannot steer a terminal', () => {
  const start = headerBytes({
    protocol: 6,
    sessionId: 7,
    heartbeat: 1,
    hostVersion: '\u{1b}[2Jé\n',
  });
  expect(parseHeader(start, none)?.hostVersion).toBe('?[2J???');
});

test('a version that fills its field ends with the field', () => {
  const start = headerBytes({
    protocol: 10,
    sessionId: 1,
    heartbeat: 1,
    hostVersion: 'v'.repeat(40),
  });
  expect(parseHeader(start, none)?.hostVersion).toBe('v'.repeat(32));
});

const unready = recoveryBytes({ protocol: 12, sessionId: 5, heartbeat: 1, hostVersion: 'B8' });
unready.writeUInt32LE(0, 60);
const cut = headerBytes({ protocol: 6, sessionId: 7, heartbeat: 1, hostVersion: 'B7' });

test.each([
  ['an empty file', none, none],
  ['a file of zeros', Buffer.alloc(8192), Buffer.alloc(128)],
  ['noise', Buffer.alloc(8192, 0xff), Buffer.alloc(128, 0xff)],
  ['a file that ends in the header', cut.subarray(0, 5799), none],
  ['a recovery block that is not ready', Buffer.alloc(8192), unready],
  ['a recovery block that is cut', Buffer.alloc(8192), unready.subarray(0, 100)],
])('%s has no header', (_, start, recovery) => {
  expect(parseHeader(start, recovery)).toBeNull();
});

test('the recovery block is looked for 64 KiB before the end', () => {
  expect(headerSpans(32 * 2 ** 20).recovery.offset).toBe(32 * 2 ** 20 - 65_536);
  expect(headerSpans(4096).recovery.offset).toBe(0);
});
