/** The handoff benchmark in the virtual host. */
import { configure, listen, proxies } from '../input/desk.ts';
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
  /** How long the mouse took to the domain each time that it was plugged in anew. */
  returnMs: readonly number[];
  /** After a guest's call, until the last device was with the domain, and how many there were. */
  guestCalls: readonly { devices: number; ms: number }[];
  idle: readonly (Idle & { owner: string })[];
}

/** Of the time inside. */
const restSeconds = 20;
const idleSeconds = 300;

/**
 * Measures the handoffs in one boot, and the service at rest in another, which counts instructions, a
 * nanosecond each: an emulated processor takes many times as long for what the service does.
 */
export async function measureHandoffs(
  rounds: number,
  tell: (step: string) => void,
  signal: AbortSignal,
): Promise<Handoffs> {
  const measured = <T>(icount: boolean, measure: (lab: Lab) => Promise<T>) =>
    inLab({ icount, tell, signal }, async (lab) => {
      await output(lab, 'virsh start win10');
      return measure(lab);
    });
  return {
    ...(await measured(false, (lab) => measureAll(lab, rounds, tell))),
    idle: await measured(true, (lab) => measureIdle(lab, tell)),
  };
}

async function inLab<T>(
  options: { icount: boolean; tell: (step: string) => void; signal: AbortSignal },
  measure: (lab: Lab) => Promise<T>,
): Promise<T> {
  const lab = await bootLab({ boot: 'systemd', processors: 2, ...options });
  try {
    return await Promise.race([measure(lab), aborted(options.signal)]);
  } finally {
    await lab.end();
  }
}

async function measureAll(
  lab: Lab,
  rounds: number,
  tell: (step: string) => void,
): Promise<Omit<Handoffs, 'idle'>> {
  const samples: Sample[] = [];
  const returnMs: number[] = [];
  const guestCalls: { devices: number; ms: number }[] = [];
  for (const serials of cases) {
    await configure(lab, configWith(serials));
    const contest = beginContest(lab, rounds, serials);
    for (let round = 1; round <= rounds; round += 1) {
      tell(`${serials.length} × USB, round ${round} of ${rounds}`);
      for (let handoff = 0; handoff < handoffsInRound; handoff += 1) {
        samples.push(JSON.parse(await contest.next()) as Sample);
      }
    }
    tell('the mouse plugged in anew');
    for (let round = 0; round < rounds; round += 1) returnMs.push(Number(await contest.next()));
    tell('the seat asked for by a guest');
    for (let round = 0; round < rounds; round += 1) {
      guestCalls.push({ devices: serials.length, ms: Number(await contest.next()) });
    }
    await contest.end();
  }
  return { samples, returnMs, guestCalls };
}

/** Two contenders, there and back. */
const handoffsInRound = 4;

function beginContest(lab: Lab, rounds: number, serials: readonly string[]): Conversation {
  const { source, listener } = buildInputPrograms();
  const program = `${product}/test/bench/handoff-contest.ts`;
  return converse(lab, [...nodeCommand, program, `${rounds}`, source, listener, ...serials]);
}

async function measureIdle(lab: Lab, tell: (step: string) => void): Promise<Handoffs['idle']> {
  await configure(lab, configWith(cases.at(-1) ?? []));
  // In QEMU's place.
  for (const kind of ['keyboard', 'pointer']) {
    await listen(lab, `${proxies}/win10-${kind}`, '--grab');
  }
  const pid = await output(lab, 'systemctl show -P MainPID handglass');
  const look = async () => lookFrom(await output(lab, lookScript(pid)));
  const idle: (Idle & { owner: string })[] = [];
  for (const owner of ['host', 'win10']) {
    tell(`the service at rest, the seat with ${owner}, for ${idleSeconds} s`);
    await output(lab, `handglass give desk ${owner}; sleep ${restSeconds}`);
    const before = await look();
    await output(lab, `sleep ${idleSeconds}`);
    idle.push({ owner, ...idleBetween(before, await look()) });
  }
  return idle;
}
