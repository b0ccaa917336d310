import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output } from '../lab/shell.ts';
import { configure, inputSeat, keyboard, proxies } from './desk.ts';
import { seededRandom } from '../random.ts';
import { eventually, type Witness, witness } from './witness.ts';

const letterCount = 2000;
const toggleCount = 100;
/** Of 50 letters a second. */
const paceMs = 20;
/** QEMU's keyboard holds 16 events, and drops more; a letter is two and a chord four. */
const outstandingLimit = 5;
const random = seededRandom('HANDGLASS_WALK_SEED');

let lab: Lab;
let host: Witness;
let guest: Witness;

beforeAll(async () => {
  lab = await freshLab();
  await output(lab, 'virsh start win10');
  await configure(lab, inputSeat);
  await witness(lab, `${proxies}/win10-pointer`, '--grab');
  guest = await witness(lab, `${proxies}/win10-keyboard`, '--grab');
  host = await witness(lab, keyboard);
});

afterAll(() => lab.end());

test(`every letter of ${letterCount} arrives once, on the side that has the seat, while it is toggled ${toggleCount} times (HANDGLASS_WALK_SEED=${random.seed})`, async () => {
  const rounds = Array.from({ length: toggleCount / 2 }, plannedRound);
  const sides = [];
  for (const round of rounds) {
    const before = { host: lettersOf(host).length, guest: lettersOf(guest).length };
    await typeRound(round, before);
    const toHost = lettersOf(host).slice(before.host);
    const toGuest = lettersOf(guest).slice(before.guest);
    sides.push({ ...round, toHost, toGuest });
    // What follows the chord goes to the host still until the keyboard has been taken from it.
    expect({ round, typed: toHost + toGuest }).toEqual({ round, typed: round.first + round.given });
    expect(round.given.endsWith(toGuest), `${toGuest} of ${round.given}`).toBe(true);
  }

  expect([...host.down, ...guest.down]).toEqual([]);
  expect(sides.map(({ first, given }) => first + given).join('')).toHaveLength(letterCount);
  const late = sides.map(({ first, toHost }) => toHost.length - first.length);
  console.log(
    `seed ${random.seed}: ${Math.max(...late)} letters at most went to the host after the chord`,
  );
}, 900_000);

interface Round {
  /** Typed while the host has the seat, and after it was sent to the guest. */
  first: string;
  given: string;
  /** Whether the chord is pressed while the last letter is held. */
  holdsFirst: boolean;
  holdsThen: boolean;
}

function plannedRound(): Round {
  const size = letterCount / (toggleCount / 2);
  const letters = Array.from({ length: size }, () =>
    String.fromCharCode(0x61 + random.below(26)),
  ).join('');
  const first = 1 + random.below(size - 10);
  return {
    first: letters.slice(0, first),
    given: letters.slice(first),
    holdsFirst: random.below(3) === 0,
    holdsThen: random.below(3) === 0,
  };
}

/** Types a round, which ends with the seat back on the host and with all of it seen. */
async function typeRound(
  { first, given, holdsFirst, holdsThen }: Round,
  before: { host: number; guest: number },
): Promise<void> {
  const seen = () => lettersOf(host).length - before.host + lettersOf(guest).length - before.guest;
  const isSeen = (count: number) =>
    eventually(
      () => seen() >= count,
      () =>
        `seed ${random.seed}: of "${first}" and "${given}" the host saw "${lettersOf(host).slice(before.host)}", the guest "${lettersOf(guest).slice(before.guest)}"`,
    );
  let typed = 0;
  let due = Date.now();
  const type = async (letter: string, whileDown: () => Promise<void>) => {
    await isSeen(typed + 1 - outstandingLimit);
    await setTimeout(Math.max(due - Date.now(), 0));
    due = Date.now() + paceMs;
    await lab.control(`press ${letter}`);
    await whileDown();
    await lab.control(`release ${letter}`);
    typed += 1;
  };
  const typeAll = async (letters: string, chordWhileDown: boolean) => {
    for (const letter of letters.slice(0, -1)) await type(letter, nothing);
    await type(letters.at(-1) ?? '', chordWhileDown ? chord : nothing);
    if (!chordWhileDown) await chord();
  };

  await typeAll(first, holdsFirst);
  const ended = guest.releases.filter((key) => key === 'leftctrl').length;
  await typeAll(given, holdsThen);
  // It lets go of the chord only when it no longer has the keyboard.
  await eventually(
    () => guest.releases.filter((key) => key === 'leftctrl').length > ended,
    () => `seed ${random.seed}: the guest has not seen the chord at the end of "${given}"`,
  );
  await isSeen(typed);
}

const nothing = async () => {};
const chord = () => lab.control('key leftctrl+rightctrl');

function lettersOf({ presses }: Witness): string {
  return presses.flatMap(({ key }) => (key.length === 1 ? [key] : [])).join('');
}
