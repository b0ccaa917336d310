/** That every device is where its owner is, whatever befalls the seat, its domain and the service. */
import { afterAll, beforeAll, test } from 'vitest';
import { reasonOf } from '../../src/errors.ts';
import { configure } from '../input/desk.ts';
import type { Lab } from '../lab/lab.ts';
import { freshLab } from '../lab/saved-lab.ts';
import { output } from '../lab/shell.ts';
import { seededRandom } from '../random.ts';
import { domainPorts, textOf, twinPort } from './soak-desk.ts';
import { type Hands, handsOn } from './soak-hands.ts';
import { planSoak } from './soak-plan.ts';

const random = seededRandom('HANDGLASS_SOAK_SEED');
const faults = Number(process.env['HANDGLASS_SOAK_FAULTS'] ?? 10);
/** The same steps again; the machine's own timing may differ. */
const replay = `HANDGLASS_SOAK_SEED=${random.seed} HANDGLASS_SOAK_FAULTS=${faults}`;
/** Steps that a failure shows. */
const tail = 20;

const config = `
[[seat]]
name = "desk"
domains = ["win10"]
input = [{ serial = "KBD1" }]
usb = [{ serial = "MOUSE1" }, { vendor = "46f4", product = "0001" }, { port = "1-${twinPort}" }]

[chords]
toggle = "leftctrl+rightctrl"
`;

let lab: Lab;
let hands: Hands;

beforeAll(async () => {
  lab = await freshLab();
  const fewPorts = `sed "s/ports='8'/ports='${domainPorts}'/"`;
  await output(
    lab,
    `virsh dumpxml --inactive win10 | ${fewPorts} > /tmp/win10.xml && virsh define /tmp/win10.xml && virsh start win10`,
  );
  await configure(lab, config);
  hands = await handsOn(lab);
});

afterAll(() => lab.end());

test(
  `every device is where its owner is after each of ${faults} random faults (${replay})`,
  async () => {
    console.log(`A soak begins: ${replay}`);
    const steps = planSoak(random, faults);
    for (const [index, step] of steps.entries()) {
      try {
        await hands.take(step);
      } catch (error) {
        const done = steps.slice(Math.max(0, index + 1 - tail), index + 1).map(textOf);
        const what = `${replay}, step ${index}: ${reasonOf(error)} The last steps: ${done.join(', ')}.`;
        const { stdout } = await lab.sh('handglass status; journalctl -o short-monotonic -n 60');
        throw new Error(`${what}\n${stdout}`, { cause: error });
      }
    }
  },
  600_000 + faults * 60_000,
);
