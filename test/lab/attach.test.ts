import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { attachToLab, serveAttach } from './attach.ts';
import { encodeFrame, type Frame, frameReader, hello } from './frames.ts';
import { makeRunFolder } from './run-folder.ts';
import { openSessions, type Session, type Sessions } from './sessions.ts';

let parent: string;
let gone: AbortController;
let sessions: Sessions;
let agent: ReturnType<typeof fakeAgent>;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'handglass-'));
  vi.stubEnv('XDG_RUNTIME_DIR', parent);
  gone = new AbortController();
  agent = fakeAgent();
  sessions = openSessions(agent.stream, { agentIsUp: false });
  serveAttach(makeRunFolder(), sessions, gone.signal);
});

afterEach(() => {
  gone.abort();
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

test("two clients' commands keep apart, whatever their numbers", async () => {
  agent.say(hello);
  const [one, two] = [await client(), await client()];
  const first = one.start('first');
  await agent.received('start', 1);
  const second = two.start('second');
  await agent.received('start', 2);

  agent.say(encodeFrame('stdout', 2, 'for two'), encodeFrame('exit', 2, '2'));
  agent.say(encodeFrame('stderr', 1, 'for one'), encodeFrame('exit', 1, '1'));

  expect([await first.ended, await second.ended]).toEqual([1, 2]);
  expect([one.heard(), two.heard()]).toEqual(['for one', 'for two']);
});

test('input waits for a machine that is booting, and arrives in order', async () => {
  const { start } = await client();
  const command = start('cat');
  command.write(Buffer.from('a'));
  command.write(Buffer.from('b'));
  command.endInput();

  agent.say(hello);
  await agent.received('stdin-end', 1);

  expect(agent.frames.map(({ kind, payload }) => [kind, payload.toString()])).toEqual([
    ['start', '{"command":["cat"],"env":{}}'],
    ['stdin', 'a'],
    ['stdin', 'b'],
    ['stdin-end', ''],
  ]);
});

test('a client learns of a reset', async () => {
  agent.say(hello);
  const { start } = await client();
  const command = start('sleep');
  await agent.received('start', 1);

  sessions.reset();

  expect(await command.ended).toBe('rebooted');
});

test('a client that leaves takes its command with it', async () => {
  agent.say(hello);
  const { start, socket } = await client();
  start('sleep');
  await agent.received('start', 1);

  socket.destroy();

  await agent.received('stop', 1);
});

test('clients are let go when the machine has ended', async () => {
  const { socket } = await client();
  const closed = once(socket, 'close');

  gone.abort();

  await closed;
  await expect(attachToLab()).rejects.toThrow('No virtual host runs.');
});

test('a client that speaks something else is let go, and the machine stays', async () => {
  agent.say(hello);
  const stranger = await attachToLab();
  const closed = once(stranger, 'close');

  stranger.write(Buffer.alloc(9, 0xff).fill(0, 0, 4));

  await closed;
  const { start } = await client();
  start('true');
  await agent.received('start', 1);
});

async function client() {
  const socket: Socket = await attachToLab();
  const opened = openSessions(socket, { agentIsUp: true });
  let text = '';
  const hear = (chunk: Buffer) => (text += chunk.toString());
  return {
    socket,
    heard: () => text,
    start: (name: string): Session =>
      opened.start({ command: [name], env: {} }, { stdout: hear, stderr: hear }),
  };
}

/** The other end of the port: keeps what it is told, says what it is asked to. */
function fakeAgent() {
  const reader = frameReader();
  const frames: Frame[] = [];
  const arrivals = new EventTarget();
  const stream = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      frames.push(...reader.push(chunk));
      arrivals.dispatchEvent(new Event('frame'));
      done();
    },
  });
  return {
    stream,
    frames,
    say(...said: Buffer[]) {
      for (const frame of said) stream.push(frame);
    },
    async received(kind: Frame['kind'], session: number) {
      while (!frames.some((frame) => frame.kind === kind && frame.session === session)) {
        await once(arrivals, 'frame');
      }
    },
  };
}
