import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { clock } from '../../src/host/clock.ts';
import { filesUnder } from '../../src/host/files.ts';
import type { Clock, ReadInterfaces, WriteFiles } from '../../src/host/ports.ts';
import { defaultLimits, type ServerLimits } from '../../src/config/server.ts';
import type { Endpoint, InterfaceEndpoint } from '../../src/config/endpoint.ts';
import type { HandglassError } from '../../src/errors.ts';
import { openGuests, type Guests } from '../../src/server/guests.ts';
import { heading, picture } from '../../src/doctor/picture/picture-parts.ts';
import { serve } from '../../src/server/listen.ts';
import type { Operations } from '../../src/server/operations.ts';
import type { LookingGlassState, SeatState, State } from '../../src/server/protocol.ts';

export const host = {
  ...filesUnder('/', () => {}),
  ...clock,
  setMode: (path: string, mode: number) => chmod(path, mode),
  ...interfacesOf({}),
};

/** Interfaces with these addresses. A test may change them. */
export function interfacesOf(all: Record<string, string[]>): ReadInterfaces {
  return {
    addressesOf: (name) => all[name] ?? null,
    addresses: () => Object.values(all).flat(),
  };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'handglass-server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const bound = holder.address();
  holder.close();
  await once(holder, 'close');
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

/** Waits for what will come, however loaded the machine is. */
export const until = (condition: () => boolean) =>
  vi.waitUntil(condition, { interval: 5, timeout: 60_000 });

/** Tries until it succeeds. */
export const eventually = <T>(attempt: () => Promise<T>) =>
  vi.waitFor(attempt, { interval: 20, timeout: 60_000 });

/** A clock that stands still until a test moves it. */
export function manualClock(): Clock & { advance(ms: number): void } {
  const sleepers = new Set<{ until: number; wake: () => void }>();
  let now = Date.UTC(2026, 0, 1);
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
    advance(ms) {
      now += ms;
      for (const sleeper of sleepers) {
        if (sleeper.until > now) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}

export function seat(name: string, changes: Partial<SeatState> = {}): SeatState {
  const device = {
    kind: 'usb' as const,
    selector: '1532:0037',
    name: 'Razer DeathAdder',
    present: true,
    with: 'host',
    problem: null,
  };
  return {
    name,
    owner: 'host',
    domains: ['win10'],
    moving: false,
    move: null,
    repair: null,
    devices: [device],
    ...changes,
  };
}

export function lookingGlassFile(changes: Partial<LookingGlassState> = {}): LookingGlassState {
  return {
    domain: 'win10',
    path: '/dev/shm/looking-glass',
    mib: 64,
    resolution: '2560x1440',
    fileMib: 64,
    present: true,
    host: 'alive',
    ...changes,
  };
}

export const sampleState: State = {
  number: 0,
  time: '',
  version: '0.1.0',
  seats: [
    seat('desk'),
    seat('couch', { domains: ['linux', 'win10'] }),
    seat('lab', { domains: ['linux'] }),
  ],
  domains: [
    { name: 'win10', state: 'running' },
    { name: 'linux', state: 'shut off' },
  ],
  lookingGlass: [
    lookingGlassFile(),
    lookingGlassFile({ domain: 'linux', path: '/dev/shm/looking-glass-2', host: 'none' }),
  ],
  guests: [],
  problems: [{ code: 'libvirt-unavailable', message: 'linux cannot be asked.', remedy: '' }],
};

/** Operations on a state in memory; a test may change it and tell, or put a failure in the way. */
export function memoryOperations(state: State = sampleState) {
  const listeners = new Set<() => void>();
  const current = structuredClone(state);
  const moves: string[] = [];
  const control = {
    /** How often a trial was confirmed. */
    confirmations: 0,
    /** How often the machine was drawn. */
    pictures: 0,
    /** Runs before each time. */
    beforePicture: async (): Promise<void> => {},
    current,
    moves,
    listeners,
    /** Runs in place of every move's end. */
    beforeMoveEnds: async (): Promise<void> => {},
    tell() {
      for (const listener of listeners) listener();
    },
  };
  async function move(name: string, to: string): Promise<void> {
    moves.push(`${name} to ${to}`);
    await control.beforeMoveEnds();
    const moved = current.seats.find((each) => each.name === name);
    if (moved !== undefined) moved.owner = to;
    control.tell();
  }
  const operations: Operations = {
    state: () => structuredClone(current),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    suspend: async () => void moves.push('suspend'),
    resume: async () => void moves.push('resume'),
    async groupsPicture() {
      await control.beforePicture();
      control.pictures += 1;
      return picture('IOMMU groups', [heading(`Drawn ${control.pictures}`, [])]);
    },
    confirm() {
      control.confirmations += 1;
    },
    give: (name, to) => move(name, to),
    toggle(name, by) {
      const owner = current.seats.find((each) => each.name === name)?.owner;
      const away = by.kind === 'guest' ? by.domain : 'win10';
      return move(name, owner === 'host' ? away : 'host');
    },
  };
  return { operations, control };
}

export interface TestService {
  folder: string;
  guests: Guests;
  control: ReturnType<typeof memoryOperations>['control'];
  socketPath: string;
  unixAddress: string;
  port: number;
  address: string;
  /** Of the panel's listener; 0 where there is none. */
  panelPort: number;
  failures: unknown[];
  problems: HandglassError[];
  /** How many browsers have the host's panel open. */
  panels(): number;
  /** What was logged. */
  journal: string[];
  stop(): Promise<void>;
}

export interface TestOptions {
  clock?: Clock;
  /** That of a service before it, whose guests it knows. */
  folder?: string;
  listen?: (Endpoint | InterfaceEndpoint)[];
  panel?: Endpoint[];
  limits?: Partial<ServerLimits>;
  interfaces?: ReadInterfaces;
  files?: Partial<WriteFiles>;
  addressesOf?: (domain: string) => Promise<string[]>;
  state?: State;
}

/** Where it listens by TLS: others than this machine could reach it. */
export const everywhere = { address: '0.0.0.0', port: 0 };

/** A service on a unix socket and a free port of 127.0.0.1, stopped when the test ends. */
export async function startService(options: TestOptions = {}): Promise<TestService> {
  const folder = options.folder ?? (await temporaryFolder());
  const guests = await openGuests(host, join(folder, 'guests.json'));
  const { operations, control } = memoryOperations(options.state);
  const socketPath = join(folder, 'handglass.sock');
  const listening = Promise.withResolvers<number>();
  const panel = Promise.withResolvers<number>();
  if (options.panel === undefined) panel.resolve(0);
  const journal: string[] = [];
  const failures: unknown[] = [];
  const problems: HandglassError[] = [];
  const stopping = new AbortController();
  let panels = 0;
  const { closed } = await serve(
    {
      ...host,
      ...options.clock,
      ...options.interfaces,
      ...options.files,
    },
    {
      socketPath,
      listen: options.listen ?? [{ address: '127.0.0.1', port: 0 }],
      panel: options.panel ?? [],
      certificatePath: join(folder, 'tls.pem'),
      // Tests connect more often than people.
      limits: { ...defaultLimits, connectsPerSecond: 1_000, ...options.limits },
      operations,
      guests,
      addressesOf: options.addressesOf,
      onPanel() {
        panels += 1;
        return () => void (panels -= 1);
      },
      onListening: (door, { port }) => (door === 'panel' ? panel : listening).resolve(port),
      onProblem: (_place, problem) => {
        if (problem !== null) problems.push(problem);
        listening.resolve(0);
        panel.resolve(0);
      },
      onFailure: (error) => failures.push(error),
      log: (line) => journal.push(line),
    },
    stopping.signal,
  );
  const port = await listening.promise;
  const stop = async () => {
    stopping.abort();
    await closed;
  };
  onTestFinished(stop);
  return {
    folder,
    guests,
    control,
    socketPath,
    unixAddress: `ws+unix:${socketPath}:/`,
    port,
    address: `ws://127.0.0.1:${port}/`,
    panelPort: await panel.promise,
    failures,
    problems,
    panels: () => panels,
    journal,
    stop,
  };
}

export interface Peer {
  socket: WebSocket;
  send(message: unknown): void;
  sendText(text: string | Buffer): void;
  /** The next message, parsed. */
  next(): Promise<unknown>;
  /** Sends a request and waits for the next message. */
  ask(method: string, params?: unknown, id?: number): Promise<unknown>;
  closed: Promise<{ code: number; reason: string }>;
}

/** A websocket client that knows nothing of the protocol. */
export async function openPeer(address: string, options: ClientOptions = {}): Promise<Peer> {
  const socket = new WebSocket(address, options);
  const arrived: unknown[] = [];
  const waiting: ((message: unknown) => void)[] = [];
  socket.on('message', (data) => {
    const message: unknown = JSON.parse((data as Buffer).toString());
    const taker = waiting.shift();
    if (taker === undefined) arrived.push(message);
    else taker(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await once(socket, 'open');
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  const next = () =>
    arrived.length > 0
      ? Promise.resolve(arrived.shift())
      : new Promise<unknown>((resolve) => waiting.push(resolve));
  const sendText = (text: string | Buffer) => socket.send(text);
  const send = (message: unknown) => sendText(JSON.stringify(message));
  return {
    socket,
    send,
    sendText,
    next,
    ask(method, params, id = 1) {
      send({ jsonrpc: '2.0', id, method, params });
      return next();
    },
    closed,
  };
}

/** A peer that has authenticated for a domain. */
export async function openGuestPeer(service: TestService, domain: string): Promise<Peer> {
  const { token } = await service.guests.pair(domain);
  const peer = await openPeer(service.address);
  await peer.ask('session.authenticate', { token });
  return peer;
}
