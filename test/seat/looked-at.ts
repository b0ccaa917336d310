/** Seats that look at their world whenever a test says, and all that they tell then. */
import { setImmediate } from 'node:timers/promises';
import type { Seat } from '../../src/config/schema.ts';
import { createSeats } from '../../src/seat/seats.ts';
import { createWorld, seatWith, seatWithKeyboard } from './world.ts';

export const desk = seatWith('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
export const typed = seatWithKeyboard('desk', ['win10', 'win11'], 'MOUSE', 'STICK');
export const headset = seatWith('desk', ['win10'], 'MOUSE');

export async function start(...configured: Seat[]) {
  const world = createWorld();
  const stories: string[] = [];
  const wishes: string[] = [];
  const seats = createSeats({ seats: configured }, world.effects, () => {}, {
    wished: ({ seat, from, to, why }) => wishes.push(`${seat}: ${from} to ${to}, ${why}`),
    repaired: (seat, story) => stories.push(`${seat}: ${story}`),
  });
  /** Reads, and waits for what follows: nothing in this world takes longer than a promise. */
  const look = async () => {
    await seats.refresh();
    await setImmediate();
  };
  const shown = (name = 'desk') => seats.view().seats.find((seat) => seat.name === name);
  const count = (call: string) => world.calls.filter((each) => each === call).length;
  const problems = () => seats.view().unrepaired.map(({ what }) => what);
  await look();
  world.calls.length = 0;
  return { world, seats, stories, wishes, look, shown, count, problems };
}
