/** What a soak expects of a seat is what its moves and repairs come to in a world in memory. */
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { completeMoves, type Moves } from '../../src/daemon/moves.ts';
import { createProblems, moveOf, type Problems } from '../../src/daemon/problems.ts';
import { HandglassError } from '../../src/errors.ts';
import { createSeats, type Seats } from '../../src/seat/seats.ts';
import { hurriedClock } from '../host/clocks.ts';
import { randomFrom, seededRandom } from '../random.ts';
import { createWorld, seatWithKeyboard, type World } from '../seat/world.ts';
import { usbDevice } from '../usb/devices.ts';
import {
  afterFault,
  type Desk,
  deskAfter,
  deskAtStart,
  type Device,
  domainPorts,
  type Owner,
  ownerOf,
  refusalOf,
  seatDevices,
  type Step,
  textOf,
  twinPort,
} from './soak-desk.ts';
import { planSoak } from './soak-plan.ts';
import { problemsOf } from './soak-rest.ts';

const random = seededRandom('HANDGLASS_SOAK_SEED');
const soaks = 20;
const faultsEach = 100;

const seat = {
  ...seatWithKeyboard('desk', ['win10']),
  usb: [{ serial: 'MOUSE1' }, { vendor: '46f4', product: '0001' }, { port: `1-${twinPort}` }],
};

const devices: Record<Device, { serial: string; vendor?: string; product?: string }> = {
  mouse: { serial: 'MOUSE1' },
  keyboard2: { serial: 'KBD2' },
  stick: { serial: 'STICK1', vendor: '46f4', product: '0001' },
};

/** The seat, its service and what befalls them. */
function startPlace() {
  const world = createWorld();
  const state = { away: false, filled: 0, number: 10 };
  const away = new HandglassError('libvirt-unavailable', 'libvirt is away.');
  let service = startService(world);

  world.usb = [];
  for (const [device, port] of deskAtStart.ports) plug(device, port);
  const held = () => world.usb.filter(({ port }) => world.holder(port) === 'win10');
  world.fail = (call) => {
    const free = domainPorts - held().length - state.filled;
    world.setFreePorts(free);
    if (!/^(readDomains|attached|attach|detach)\b/.test(call)) return;
    if (state.away) throw away;
    if (call.startsWith('attach ') && free < 1) throw new Error('No free USB port');
  };

  function plug(device: Device, port: number): void {
    state.number += 1;
    world.usb = [
      ...world.usb,
      usbDevice({ ...devices[device], port: `1-${port}`, device: state.number }),
    ];
  }

  function unplug(device: Device): void {
    const found = world.usb.find(({ serial }) => serial === devices[device].serial);
    if (found !== undefined) world.unplug(found.port);
  }

  async function act(step: Step, before: Desk): Promise<void> {
    switch (step.kind) {
      case 'give': {
        const said = await service.ask(step.to);
        expect(said).toBe(refusalOf(before, step.to) ?? step.to);
        return;
      }
      case 'chord': {
        const to = world.effects.input.ownerOf('desk') === 'host' ? 'win10' : 'host';
        if (to === 'host') world.sendInput('desk', 'host');
        return service.moves.chord('desk', to, ['host', 'win10']);
      }
      case 'panic':
        world.sendInput('desk', 'host');
        return service.moves.panic();
      case 'unplug':
        return unplug(step.device);
      case 'plug':
        return plug(step.device, step.into);
      case 'swap':
        unplug('mouse');
        unplug('keyboard2');
        await rest();
        plug('mouse', before.ports.get('keyboard2') ?? 0);
        plug('keyboard2', before.ports.get('mouse') ?? 0);
        return;
      case 'fill':
        state.filled += step.count;
        return;
      case 'empty':
        state.filled = 0;
        return;
      case 'pause':
        return world.setState('win10', 'paused');
      case 'resume':
      case 'start domain':
        return world.setState('win10', 'running');
      case 'kill QEMU': {
        for (const { port } of held()) world.driverless.add(port);
        const had = world.effects.input.ownerOf('desk') === 'win10';
        world.setState('win10', 'shut off');
        state.filled = 0;
        if (had) service.moves.moved('desk', 'host', 'death');
        return;
      }
      case 'kill libvirtd':
        state.away = true;
        return;
      case 'start libvirtd':
        state.away = false;
        return;
      case 'kill service':
        service.end();
        world.sendInput('desk', 'host');
        if (step.meanwhile !== null) await act(step.meanwhile, before);
        service = startService(world);
        return;
      case 'clash':
        return clash(step, before);
    }
  }

  async function clash({ fault, afterMs }: Step & { kind: 'clash' }, before: Desk): Promise<void> {
    const moved = act({ kind: 'chord' }, before);
    // A service that is killed does nothing more; this one would go on.
    if (fault.kind === 'kill service') await rest();
    for (let turns = afterMs % 16; turns > 0; turns -= 1) await setImmediate();
    await act(fault, before);
    await moved;
    await rest();
    if (fault.kind === 'kill libvirtd') await act({ kind: 'start libvirtd' }, before);
    await rest();
    const { owner, input, held: there, driverless } = facts();
    const all = seatDevices(afterFault(before, fault)).map((device) => devices[device].serial);
    const isGiven = fault.kind === 'kill service' ? there.length > 0 : input === 'win10';
    expect({ owner, there, driverless }).toEqual({
      owner: isGiven ? 'win10' : 'host',
      there: isGiven ? all.toSorted() : [],
      driverless: [],
    });
    while ((await service.ask('host')) === 'busy') await rest();
  }

  /** Until nothing goes on by itself. */
  async function rest(): Promise<void> {
    if (service.isOver()) return;
    service.seats.notice();
    for (let calls = -1, quiet = 0, readings = 0; quiet < 10; quiet += 1) {
      if (world.calls.length !== calls) quiet = 0;
      calls = world.calls.length;
      await setImmediate();
      if (quiet === 8 && readings < 100 && !state.away && service.seats.isBlind()) {
        await service.seats.refresh();
        readings += 1;
        quiet = 0;
      }
    }
  }

  function facts() {
    const [view] = service.seats.view().seats;
    return {
      owner: view?.owner,
      moving: view?.moving,
      input: world.effects.input.ownerOf('desk'),
      held: held()
        .map(({ serial }) => String(serial))
        .toSorted(),
      problems: [...new Set(service.problems.list().map(({ code }) => code))].toSorted(),
      driverless: [...world.driverless],
    };
  }

  return {
    rest,
    async take(step: Step, before: Desk) {
      await act(step, before);
      await rest();
    },
    facts,
  };
}

function startService(world: World) {
  const ending = new AbortController();
  const { signal } = ending;
  const problems: Problems = createProblems(
    () => {},
    () => {},
  );
  const seats: Seats = createSeats(
    { seats: [seat] },
    world.effects,
    () => {
      if (signal.aborted) return;
      const view = seats.view();
      problems.set('reading', view.problem === null ? [] : [view.problem]);
      problems.set('repairs', view.unrepaired);
      moves.seen(view);
    },
    { wished: (wish) => void (signal.aborted || moves.wished(wish)) },
  );
  const moves: Moves = completeMoves(hurriedClock(), seats, problems, () => {}, signal);
  return {
    seats,
    moves,
    problems,
    end: () => ending.abort(),
    isOver: () => signal.aborted,
    async ask(to: Owner): Promise<string> {
      try {
        await seats.give('desk', to);
        problems.set(moveOf('desk'), []);
        return to;
      } catch (error) {
        return error instanceof HandglassError ? error.code : String(error);
      }
    },
  };
}

function expected(desk: Desk) {
  return {
    owner: ownerOf(desk),
    moving: false,
    input: desk.input,
    held: [...desk.held].map((device) => devices[device].serial).toSorted(),
    problems: [...new Set(problemsOf(desk))].toSorted(),
    driverless: [],
  };
}

test(`a seat in memory goes as the soak's model has it (HANDGLASS_SOAK_SEED=${random.seed})`, async () => {
  for (let soak = 0; soak < soaks; soak += 1) {
    const seed = random.below(2 ** 32);
    const steps = planSoak(randomFrom(seed), faultsEach);
    const place = startPlace();
    await place.rest();
    let desk = deskAtStart;
    for (const [index, step] of steps.entries()) {
      await place.take(step, desk);
      desk = deskAfter(desk, step);
      const done = steps.slice(Math.max(0, index - 14), index + 1).map(textOf);
      expect(place.facts(), `Soak ${soak}, step ${index}: ${done.join(', ')}`).toEqual(
        expected(desk),
      );
    }
  }
});
