/** The handoff benchmark in the virtual host. */
import { setTimeout } from 'node:timers/promises';
import { configure } from '../input/desk.ts';
import { type Conversation, converse } from '../lab/guest/input/conversation.ts';
import { buildInputPrograms, nodeCommand, product } from '../lab/guest/input/programs.ts';
import { bootLab, type Lab } from '../lab/lab.ts';
import { output } from '../lab/shell.ts';
import { aborted } from '../lab/stop-signal.ts';
import { type Idle, idleBetween, lookFrom, lookScript } from './handoff-idle.ts';
import type { Sample } from './handoff-rows.ts';
import { cases, configWith } from './handoff-seat.ts';

export interface Handoffs {
  samples: readonly Sample[];
  idle: readonly (Idle & { owner: string })[];
}

const restMs = 5_000;
const idleMs = 60_000;

/** Measures all in one boot. */
export async function measureHandoffs(
  rounds: number,
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<Handoffs> {
  const lab = await bootLab({ boot: 'systemd', tell, signal });
  try {
    return await Promise.race([measureAll(lab, rounds, tell), aborted(signal)]);
  } finally {
    await lab.end();
  }
}

async function measureAll(
  lab: Lab,
  rounds: number,
  tell: (step: string) => void,
): Promise<Handoffs> {
  await output(lab, 'virsh start win10');
  const handoffs = { samples: [] as Sample[], idle: [] as Handoffs['idle'] };
  for (const serials of cases) {
    await configure(lab, configWith(serials));
    const contest = beginContest(lab, rounds, serials);
    for (let round = 1; round <= rounds; round += 1) {
      tell(`${serials.length} × USB, round ${round} of ${rounds}`);
      for (let handoff = 0; handoff < handoffsInRound; handoff += 1) {
        handoffs.samples.push(JSON.parse(await contest.next()) as Sample);
      }
    }
    if (serials === cases.at(-1)) handoffs.idle = await measureIdle(lab, tell);
    await contest.end();
  }
  return handoffs;
}

/** Two contenders, there and back. */
const handoffsInRound = 4;

function beginContest(lab: Lab, rounds: number, serials: readonly string[]): Conversation {
  const { source, listener } = buildInputPrograms();
  const program = `${product}/test/bench/handoff-contest.ts`;
  return converse(lab, [...nodeCommand, program, `${rounds}`, source, listener, ...serials]);
}

async function measureIdle(lab: Lab, tell: (step: string) => void): Promise<Handoffs['idle']> {
  const pid = await output(lab, 'systemctl show -P MainPID handglass');
  const look = async () => lookFrom(await output(lab, lookScript(pid)));
  const idle: (Idle & { owner: string })[] = [];
  for (const owner of ['host', 'win10']) {
    tell(`the service at rest, the seat with ${owner}, for ${idleMs / 1000} s`);
    await output(lab, `handglass give desk ${owner}`);
    await setTimeout(restMs);
    const before = await look();
    await setTimeout(idleMs);
    idle.push({ owner, ...idleBetween(before, await look()) });
  }
  return idle;
}
