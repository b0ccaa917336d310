/** In QEMU's place, for what a real one never says. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

export interface FakeQemu {
  socket: string;
  /** The next connection that is made to it. */
  accept(): Promise<FakeSide>;
}

export interface FakeSide {
  say(text: string): void;
  /** The next command. */
  next(): Promise<{ execute: string; id: number }>;
  end(): void;
  closed: Promise<unknown>;
}

export const greeting = '{"QMP": {"version": {}, "capabilities": []}}\n';

export async function fakeQemu(): Promise<FakeQemu> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-qmp-'));
  const socket = join(folder, 'win10.qmp');
  const server = createServer();
  const sides: Socket[] = [];
  const connections = server.on('connection', (side) => sides.push(side)).listen(socket);
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const side of sides) side.destroy();
    server.close();
    await rm(folder, { recursive: true });
  });
  let accepted = 0;
  return {
    socket,
    async accept() {
      while (sides.length === accepted) await once(connections, 'connection');
      const side = sides[accepted];
      if (side === undefined) throw new Error('no connection');
      accepted += 1;
      return sideOf(side);
    },
  };
}

/** One that has been greeted, and takes commands. */
export async function ready(side: FakeSide): Promise<void> {
  side.say(greeting);
  const { id } = await side.next();
  side.say(`{"return": {}, "id": ${id}}\n`);
}

function sideOf(side: Socket): FakeSide {
  const lines = createInterface({ input: side })[Symbol.asyncIterator]();
  const closed = new Promise<unknown>((resolve) => side.on('close', resolve));
  side.on('error', () => {});
  return {
    say: (text) => void side.write(text),
    async next() {
      const { value } = await lines.next();
      return JSON.parse(String(value)) as { execute: string; id: number };
    },
    end: () => void side.destroy(),
    closed,
  };
}
