/** What commands on the host and in a guest show alike. */
import type { Result, SeatState, State } from '../server/protocol.ts';
import type { Context } from './context.ts';

export async function showState(context: Context, state: State, json = false): Promise<void> {
  const { stateLines } = await import('./render/state.ts');
  context.print(...(json ? [JSON.stringify(state)] : stateLines(state, context.columns)));
}

/** A seat that was moved, and what keeps a device of it from its place. */
export function showMoved(context: Context, seat: SeatState, json = false): void {
  if (json) return context.print(JSON.stringify(seat));
  context.print(`seat ${seat.name}: with ${seat.owner}`);
  for (const { name, selector, problem } of seat.devices) {
    if (problem !== null) context.warn(`${name || selector}: ${problem}`);
  }
}

/** A link to the panel, how long it is good, and by what to know the host behind it. */
export async function showLink(
  context: Context,
  link: Result<'panel.open'>,
  json = false,
): Promise<void> {
  if (json) return context.print(JSON.stringify(link));
  const { goodFor, unreachable } = await import('./render/invitation.ts');
  const others = link.others ?? [];
  context.print(link.url, '', goodFor(link.expires, context.host.now()));
  if (others.length > 0) {
    context.print('', unreachable, ...others.map((other) => `  ${other}`), '');
  }
  if (link.fingerprint !== undefined) context.print(...toCompare, `  ${link.fingerprint}`);
}

const toCompare = [
  "The browser will warn of the service's own certificate. Go on only if it shows this",
  'SHA-256 fingerprint of it:',
];

/** Shows each state that follows another by what differs; with `json` each as a whole. */
export async function changeShower(
  context: Context,
  json = false,
): Promise<(state: State) => void> {
  const { changes } = await import('../server/words/change.ts');
  const { localTime } = await import('../server/words/time.ts');
  let before: State | null = null;
  return (after) => {
    // A guest is not told when.
    const time = localTime(new Date(after.time === '' ? context.host.now() : after.time));
    // Who had what before the first change is known by what there is to begin with.
    if (json) context.print(JSON.stringify(after));
    else if (before) context.print(...changes(before, after).map((line) => `${time}  ${line}`));
    before = after;
  };
}
