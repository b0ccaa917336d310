/** Whatever is asked for, in whatever order, and whatever fails on the way. */
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HandglassError } from '../../src/errors.ts';
import { createSeats, type Seats } from '../../src/seat/seats.ts';
import { createWorld, panicAll, seatWith, seatWithKeyboard, type World } from './world.ts';

const configured = [
  seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK'),
  { ...seatWithKeyboard('sofa', ['win11', 'win10'], 'PAD'), onStart: 'take' as const },
  seatWithKeyboard('loft', ['win10']),
];

const seat = fc.constantFrom(...configured.map(({ name }) => name));
const domain = fc.constantFrom('win10', 'win11');
const state = fc.constantFrom('running', 'shut off', 'paused');
const target = fc.constantFrom('host', 'win10', 'win11');
const port = fc.constantFrom('1-1', '1-2', '1-3');

interface Act {
  text: string;
  /** Gives the promise of what it asked for, if it asked for anything. */
  run: (seats: Seats, world: World) => Promise<unknown> | void;
}

/** What people, guests, libvirt and hands at the plugs do. */
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ seat, to: target }).map(({ seat: name, to }): Act => ({
    text: `give ${name} ${to}`,
    run: (seats) => seats.give(name, to),
  })),
  seat.map((name): Act => ({ text: `toggle ${name}`, run: (seats) => seats.toggle(name) })),
  fc.constant<Act>({ text: 'panic', run: (seats) => panicAll(seats) }),
  fc.constant<Act>({ text: 'refresh', run: (seats) => seats.refresh() }),
  fc.record({ domain, state }).map(({ domain: name, state: to }): Act => ({
    text: `${name} ${to}`,
    run(_, world) {
      const held = ['1-1', '1-2', '1-3'].filter((at) => world.holder(at).includes(name));
      world.setState(name, to);
      // As a QEMU leaves them that is killed.
      if (to === 'shut off') for (const at of held) world.driverless.add(at);
    },
  })),
  // A chord, a deaf domain or the end of a process.
  fc.record({ seat, to: target }).map(({ seat: name, to }): Act => ({
    text: `input of ${name} to ${to}`,
    run(_, world) {
      const { input = [], domains = [] } = configured.find((each) => each.name === name) ?? {};
      if (input.length > 0 && ['host', ...domains].includes(to)) world.sendInput(name, to);
    },
  })),
  fc
    .record({ port, how: fc.constantFrom('replug', 'unplug', 'plug') })
    .map(({ port: plug, how }): Act => ({
      text: `${how} ${plug}`,
      run(_, world) {
        if (how !== 'plug') world.unplug(plug);
        if (how !== 'unplug') world.plug(plug);
      },
    })),
);

const fault = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant(new Error('refused')) },
  {
    weight: 1,
    arbitrary: fc.constant(new HandglassError('libvirt-unavailable', 'libvirt is away.')),
  },
  {
    weight: 1,
    arbitrary: fc.constant(new HandglassError('domain-deaf', 'Nothing reads the proxies.')),
  },
);

/** What is true whenever nothing is under way. */
function expectSettled(seats: Seats, world: World): void {
  for (const { name, moving, owner, devices } of seats.view().seats) {
    const { usb = [], domains = [] } = configured.find((each) => each.name === name) ?? {};
    const holders = usb.map((selector) => {
      const device = world.usb.find(
        ({ serial }) => 'serial' in selector && serial === selector.serial,
      );
      return device === undefined ? null : world.holder(device.port);
    });
    expect(moving).toBe(false);
    const inputOwner = world.effects.input.ownerOf(name);
    expect(devices.flatMap((each) => (each.kind === 'usb' ? [each.with] : []))).toEqual(holders);
    for (const device of devices) {
      if (device.kind === 'input') expect(device.with).toBe(inputOwner);
    }
    for (const holder of holders) expect([null, 'host', 'win10', 'win11']).toContain(holder);
    const holder = domains.find((each) => holders.includes(each)) ?? 'host';
    const derived = inputOwner === 'host' ? holder : inputOwner;
    // What was pulled out of a domain may not have come back to it.
    if (derived === 'host') expect(['host', ...domains]).toContain(owner);
    else expect(owner).toBe(derived);
  }
}

function expectExplained(outcome: PromiseSettledResult<unknown>): void {
  if (outcome.status === 'fulfilled') return;
  const reason: unknown = outcome.reason;
  const errors: unknown[] = reason instanceof AggregateError ? reason.errors : [reason];
  for (const error of errors) expect(error).toBeInstanceOf(HandglassError);
}

test('what is shown is what is, and everything can come home', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { maxLength: 12 }),
      fc.array(fault, { maxLength: 60 }),
      fc.scheduler(),
      async (acts, faults, scheduler) => {
        const world = createWorld();
        const seats: Seats = createSeats({ seats: configured }, world.effects, () => {}, {
          wished: ({ seat: name, to, why }) =>
            void Promise.allSettled([
              to === 'host' ? seats.bring(name, { why }) : seats.give(name, to),
            ]),
        });
        const left = [...faults];
        world.fail = async (call) => {
          await scheduler.schedule(Promise.resolve(), call);
          const failure = left.shift() ?? null;
          if (failure !== null) throw failure;
        };
        const { effects } = world;
        // Done all the same, and nobody can tell.
        const fail = () => {
          const failure = left.shift();
          if (failure instanceof HandglassError) throw failure;
        };
        const { ...whole } = effects;
        effects.giveUsb = async (...given) => whole.giveUsb(...given).then(fail);
        effects.giveArrived = async (...given) => whole.giveArrived(...given).then(fail);

        const asked: Promise<unknown>[] = [];
        const { task } = scheduler.scheduleSequence(
          acts.map(({ text, run }) => ({
            label: text,
            // Nobody waits for what is asked for: the next act may come in the middle of it.
            builder: async () => void asked.push(Promise.resolve(run(seats, world))),
          })),
        );
        await scheduler.waitFor(task);
        const outcomes = await scheduler.waitFor(Promise.allSettled(asked));
        for (const outcome of outcomes) expectExplained(outcome);
        // Repairs go on by themselves; nothing in this world takes longer than a promise.
        for (await setImmediate(); scheduler.count() > 0; await setImmediate()) {
          await scheduler.waitIdle();
        }

        world.fail = () => {};
        await seats.refresh();
        await setImmediate();
        for (let readings = 0; seats.isBlind() && readings < 100; readings += 1) {
          await seats.refresh();
          await setImmediate();
        }
        expectSettled(seats, world);

        for (const { name } of configured) await seats.give(name, 'host');
        await setImmediate();
        expectSettled(seats, world);
        expect(world.driverless).toEqual(new Set());
        expect(seats.view().seats.map(({ owner }) => owner)).toEqual(['host', 'host', 'host']);
        expect(['1-1', '1-2', '1-3'].map(world.holder)).toEqual(['host', 'host', 'host']);
      },
    ),
    { numRuns: 1000 },
  );
}, 60_000);
