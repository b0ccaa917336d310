/** The program inside the virtual host that runs commands for the outside; see ../frames.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  mkdirSync,
  openSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { encodeFrame, type Frame, frameReader, hello, type Kind, type Start } from '../frames.ts';

const port = '/dev/virtio-ports/lab.agent';
const fd = openSync(port, 'r+');
const running = new Map<number, ChildProcess>();
const reader = frameReader();

send(hello);
createReadStream(port, { fd }).on('data', (chunk) => {
  for (const frame of reader.push(Buffer.from(chunk))) handle(frame);
});

function send(frame: Buffer): void {
  // The port takes what fits into its ring; the rest goes in the next write.
  for (let sent = 0; sent < frame.length;) sent += writeSync(fd, frame, sent);
}

function handle({ kind, session, payload }: Frame): void {
  const child = running.get(session);
  if (kind === 'start') start(session, JSON.parse(payload.toString()) as Start);
  if (kind === 'stdin') child?.stdin?.write(payload);
  if (kind === 'stdin-end') child?.stdin?.end();
  if (kind === 'stop' && child?.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
}

function start(session: number, { command, script, env, terminal }: Start): void {
  const words = script === undefined ? command : [saved(session, script), ...command.slice(1)];
  const [program = 'sh', ...args] = terminal === undefined ? words : onTerminal(words, terminal);
  const child = spawn(program, args, {
    cwd: '/root',
    detached: true,
    env: { ...process.env, ...env },
  });
  running.set(session, child);
  const forward = (kind: Kind) => (chunk: Buffer) => send(encodeFrame(kind, session, chunk));
  child.stdout.on('data', forward('stdout'));
  child.stderr.on('data', forward('stderr'));
  child.stdin.on('error', () => child.stdin.destroy());
  child.on('error', (error) => {
    running.delete(session);
    send(encodeFrame('stderr', session, `${program}: ${error.message}\n`));
    send(encodeFrame('exit', session, '127'));
  });
  child.on('exit', (code, signal) => {
    void finish(session, child, signal === null ? code : 128 + constants.signals[signal]);
  });
}

async function finish(session: number, child: ChildProcess, status: number | null): Promise<void> {
  await drained(child);
  running.delete(session);
  send(encodeFrame('exit', session, String(status)));
}

/**
 * Resolves when all that a dead process itself wrote has been read. Its streams need not end: what
 * it left running in the background may hold them. A turn of the loop reads whatever is there.
 */
async function drained({ stdout, stderr }: ChildProcess): Promise<void> {
  let isQuiet = false;
  for (const output of [stdout, stderr]) output?.on('data', () => (isQuiet = false));
  while (!isQuiet) {
    isQuiet = true;
    await setImmediate();
    await setImmediate();
  }
}

function saved(session: number, script: string): string {
  const path = `/run/lab/script-${session}`;
  mkdirSync('/run/lab', { recursive: true });
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

/** Node has no pseudo-terminals; script(1) makes one. */
function onTerminal(
  words: string[],
  { rows, columns }: { rows: number; columns: number },
): string[] {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const inside = `stty rows ${rows} cols ${columns}; exec ${quoted}`;
  return ['script', '--quiet', '--return', '--flush', '--command', inside, '/dev/null'];
}
