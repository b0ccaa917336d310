import { afterAll, beforeAll, test } from 'vitest';
import { reasonOf } from '../../src/errors.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output } from '../lab/shell.ts';
import { configure, inputSeat, keyboard, keyboard2, listener } from './desk.ts';
import { type Hands, handsOn } from './walk-hands.ts';
import { seededRandom } from '../random.ts';
import { planWalk, textOf } from './walk-steps.ts';

const random = seededRandom('HANDGLASS_WALK_SEED');
const stepCount = Number(process.env['HANDGLASS_WALK_STEPS'] ?? 500);
/** The same steps again; the machine's own timing may differ. */
const replay = `HANDGLASS_WALK_SEED=${random.seed} HANDGLASS_WALK_STEPS=${stepCount}`;
/** Steps that a failure shows. */
const tail = 30;

let lab: Lab;
let hands: Hands;

beforeAll(async () => {
  lab = await freshLab();
  await output(lab, 'virsh start win10');
  await configure(lab, inputSeat.replace('{ serial = "MOUSE1" }', '$&, { serial = "KBD2" }'));
  hands = await handsOn(lab);
});

afterAll(() => lab.end());

test(`no key sticks and none is lost in a walk of ${stepCount} random steps (${replay})`, async () => {
  console.log(`A walk begins: ${replay}`);
  const steps = planWalk(random, stepCount);
  for (const [index, step] of steps.entries()) {
    try {
      await hands.take(step);
    } catch (error) {
      const done = steps.slice(Math.max(0, index + 1 - tail), index + 1).map(textOf);
      const what = `${replay}, step ${index}: ${reasonOf(error)} The last steps: ${done.join(', ')}.`;
      const { stdout } = await lab.sh(
        `for node in ${keyboard} ${keyboard2}; do echo keys | ${listener} $node; done
        handglass status; journalctl -o short-monotonic -n 40`,
      );
      throw new Error(`${what}\n${hands.story()}\n${stdout}`, { cause: error });
    }
  }
  for (const [who, silences] of Object.entries(hands.silencesMs)) {
    const worst =
      silences.length === 0 ? 'none' : `${Math.max(...silences).toFixed(1)} ms at worst`;
    console.log(
      `Until the host types again after the ${who} was killed, of ${silences.length}: ${worst}`,
    );
  }
}, 3_600_000);
