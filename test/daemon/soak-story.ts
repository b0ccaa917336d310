/** Whether what `handglass watch --json` tells of a soak is a story: complete, in order, and with reasons. */
import type { State } from '../../src/server/protocol.ts';

/** What is wrong with a line that follows on another of the same service. */
export function disorderIn(before: State, now: State): string[] {
  const line = `line ${now.number}`;
  const owner = now.seats[0]?.owner;
  const isMoved = owner !== before.seats[0]?.owner && !before.seats[0]?.moving;
  return [
    ...(now.number === before.number + 1 ? [] : [`${line} follows on ${before.number}`]),
    ...(now.time >= before.time ? [] : [`${line} is of before ${before.number}`]),
    ...(isMoved && reasonsIn(now) === reasonsIn(before)
      ? [`${line} has the seat with ${owner}, and no reason`]
      : []),
  ];
}

/** All for which a seat has another owner: a move, a repair, what was pulled out, what became of the domain. */
function reasonsIn({ seats: [seat], domains }: State): string {
  const present = seat?.devices.map((device) => device.present);
  return JSON.stringify([seat?.move?.number, seat?.repair?.number, present, domains]);
}
