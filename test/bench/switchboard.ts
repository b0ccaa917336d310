/**
 * The switchboard alone, as a forwarder for the benchmark: `switchboard.ts SOURCE...` gives each event
 * node a seat and a pointer of its own, prints the pointers' event nodes, and hands the seats over as
 * soon as somebody has grabbed those. With `--host` behind them the seats stay with the host: it prints
 * the sources.
 */
import { setTimeout } from 'node:timers/promises';
import { native } from '../../src/host/native.ts';
import { filesUnder } from '../../src/host/files.ts';

const files = filesUnder('/', native.reserve);
const isHost = process.argv.at(-1) === '--host';
const sources = process.argv.slice(2, isHost ? -1 : undefined);
const moved = new Set<number>();

const switchboard = native.openSwitchboard((event) => {
  if (event.kind === 'moved') moved.add(event.seat);
}, process.env['HANDGLASS_BENCH_FIFO'] === '1');

const pointers = sources.map((_, index) =>
  switchboard.createProxy(`Bench ${index}`, `bench/pointer-${index}`, 'pointer'),
);
const nodes = await Promise.all(
  pointers.map(async (pointer) => {
    const folder = `/sys/devices/virtual/input/${switchboard.proxyFolder(pointer)}`;
    const name = (await files.listFolder(folder)).find((each) => each.startsWith('event'));
    const path = `/dev/input/${name}`;
    while ((await files.factsOf(path).catch(() => null)) === null) await setTimeout(1);
    switchboard.openNode(pointer, path);
    return path;
  }),
);
switchboard.apply({
  routes: sources.map((source, seat) => ({ device: switchboard.open(source), seat, clones: [] })),
  targets: [0, ...pointers].map((pointer) => ({ keyboard: 0, pointer })),
  seats: sources.map(() => ({ swallow: false, direct: true })),
  chords: [],
});
process.stdout.write(`${(isHost ? sources : nodes).join(' ')}\n`);

const toMove = isHost ? [] : [...sources.keys()];
while (moved.size < toMove.length) {
  for (const seat of toMove) if (!moved.has(seat)) switchboard.move(seat, seat + 1, 0);
  await setTimeout(1);
}
for (;;) {
  await setTimeout(process.env['HANDGLASS_BENCH_BLOCK'] === '1' ? 450 : 60_000);
  if (process.env['HANDGLASS_BENCH_BLOCK'] !== '1') continue;
  const end = performance.now() + 50;
  while (performance.now() < end);
}
