/** Who had what when, as the lines of `handglass watch --json` alone tell it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { State } from '../../src/server/protocol.ts';
import { type Service, serviceIn } from '../input/desk.ts';
import { converse } from '../lab/guest/input/conversation.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output, until } from '../lab/shell.ts';

let lab: Lab;
let service: Service;
const sh = (script: string) => output(lab, script);

beforeAll(async () => {
  lab = await freshLab();
  service = serviceIn(lab);
  await sh(`virsh start win10
    sed -i 's/^#* *on-start = .*/on-start = "give"/' /etc/handglass/handglass.toml
    systemctl restart handglass`);
});

afterAll(() => lab.end());

/** How it is once something has been done, and by whom. */
interface Sight {
  owner: string;
  why: string;
  stick: string | null;
  domain: string;
}

const inDomain = (why: string): Sight => ({
  owner: 'win10',
  why,
  stick: 'win10',
  domain: 'running',
});
const onHost = (why: string, domain = 'running'): Sight => ({
  owner: 'host',
  why,
  stick: 'host',
  domain,
});

const happenings: [string, Sight][] = [
  ['handglass give desk win10', inDomain('command line')],
  ['labctl key leftctrl+rightctrl', onHost('chord')],
  ['labctl key leftctrl+rightctrl', inDomain('chord')],
  ['labctl unplug stick', { ...inDomain('chord'), stick: null }],
  ['labctl plug stick', inDomain('chord')],
  ['virsh suspend win10', onHost('win10 is paused', 'paused')],
  ['virsh resume win10', onHost('win10 is paused')],
  ['handglass give desk win10', inDomain('command line')],
  ['kill -KILL $(pgrep -f [g]uest=win10)', onHost('win10 has ended', 'shut off')],
  ['virsh start win10', inDomain('win10 has started')],
];

test('the lines of a run tell who had what when, and why', async () => {
  const file = '/tmp/watched';
  const watch = converse(lab, [
    'sh',
    '-c',
    `handglass watch --json > ${file} & read end; kill -INT $!; wait $!`,
  ]);
  await until(lab, `grep -q . ${file}`);
  const seen: { at: number; sight: Sight }[] = [];
  for (const [script, sight] of happenings) {
    await sh(script);
    await service.until(patternOf(sight));
    const [at, count] = (
      await sh(`date +%s%3N; virsh dumpxml win10 | grep -c '<hostdev ' || true`)
    ).split('\n');
    expect([script, Number(count)]).toEqual([script, devicesOf(sight)]);
    seen.push({ at: Number(at), sight });
  }
  expect(await watch.end()).toBe(0);
  const story = (await sh(`cat ${file}`)).split('\n').map((line) => JSON.parse(line) as State);

  const [first] = story;
  expect(story.map(({ number }) => number)).toEqual(
    story.map((_, index) => (first?.number ?? 0) + index),
  );
  const times = story.map(({ time }) => time);
  expect(times).toEqual(times.toSorted());
  for (const { at, sight } of seen) {
    expect(sightOf(story.findLast(({ time }) => Date.parse(time) <= at))).toEqual(sight);
  }
  expect(movesIn(story)).toEqual([
    'from host to win10: command line',
    'from win10 to host: chord',
    'from host to win10: chord',
    'from win10 to host: win10 is paused',
    'from host to win10: command line',
    'from win10 to host: win10 has ended',
    'from host to win10: win10 has started',
  ]);
  expect(repairsIn(story).slice(0, 2)).toEqual([
    'win10 has let go of what was pulled out',
    expect.stringMatching(/USB HARDDRIVE \(port \d-4\) was plugged in and is with win10/),
  ]);
  expect(repairsIn(story).slice(2).join(' ')).toMatch(/\d-2:1\.0.* has its driver again/);
});

/** In the state as JSON. */
function patternOf({ owner, why, stick, domain }: Sight): RegExp {
  const parts = [
    `"owner":"${owner}"`,
    `"moving":false,"move":{[^}]*"why":"${why}","failure":null}`,
    `"selector":"46f4:0001"[^}]*"with":${JSON.stringify(stick)}`,
    `"name":"win10","state":"${domain}"`,
    `"problems":\\[\\]`,
  ];
  return new RegExp(parts.join('[^]*'));
}

function devicesOf({ owner, stick }: Sight): number {
  return [owner, stick].filter((holder) => holder === 'win10').length;
}

function sightOf(state: State | undefined): Sight | undefined {
  const [seat] = state?.seats ?? [];
  const [domain] = state?.domains ?? [];
  if (seat === undefined || domain === undefined) return undefined;
  const holderOf = (selector: string) =>
    seat.devices.find((device) => device.selector === selector)?.with ?? null;
  expect(holderOf('MOUSE1')).toBe(seat.owner);
  return {
    owner: seat.owner,
    why: seat.move?.why ?? '',
    stick: holderOf('46f4:0001'),
    domain: domain.state,
  };
}

/** From who had the seat before a move began. */
function movesIn(story: readonly State[]): string[] {
  return story.flatMap(({ seats: [seat] }, index) => {
    const before = story[index - 1]?.seats[0];
    if (!seat?.move || !before || seat.move.number === before.move?.number) return [];
    return [`from ${before.owner} to ${seat.move.to}: ${seat.move.why}`];
  });
}

function repairsIn(story: readonly State[]): string[] {
  const repairs = new Map(
    story.map(({ seats: [seat] }) => [seat?.repair?.number, seat?.repair?.what]),
  );
  return [...repairs.values()].filter((what) => what !== undefined);
}
