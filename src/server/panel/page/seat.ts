import type { DeviceState, SeatState } from '../../protocol.ts';
import { deviceText } from '../../words/device.ts';
import { refusalOf, type Actions, type Model, type Refusal } from './model.ts';
import { row } from './row.ts';
import { destination, targetsOf, type Target } from './targets.ts';
import { h, prose, type Tree } from './tree.ts';

/** A seat: who has it, what can be done with it, and what belongs to it. */
export function seatSection(seat: SeatState, model: Model, actions: Actions): Tree {
  const { status, viewer, state } = model;
  const asked = model.asked.get(seat.name);
  const targets = targetsOf(seat, {
    domains: state?.domains ?? [],
    viewer,
    connected: status === 'open',
    asked,
  });
  const refusal = refusalOf(model, seat);
  const title = `seat ${seat.name}`;
  return h(
    'section',
    { key: title, class: 'seat', 'aria-label': title },
    h('h2', {}, seat.name),
    headline(seat, asked),
    h(
      'div',
      { class: 'targets', role: 'group', 'aria-label': `Give ${seat.name}` },
      ...targets.map((target) => button(target, () => actions.give(seat.name, target.name))),
    ),
    ...(refusal === null ? [] : [refusalNote(refusal, () => actions.dismiss(seat.name))]),
    devices(seat),
  );
}

function headline(seat: SeatState, asked: string | undefined): Tree {
  const to = destination(seat, asked);
  const moves = seat.moving || to !== undefined;
  const verb = !moves ? 'with' : to === undefined ? 'moving from' : 'moving to';
  const why = seat.moving && seat.move !== null ? ` (${seat.move.why})` : '';
  return h(
    'p',
    { class: 'headline' },
    h('span', { class: 'soft' }, `${verb} `),
    named(to ?? seat.owner),
    h('span', { class: 'soft why' }, why),
  );
}

/** A name in large letters, smaller where it is long. */
function named(name: string): Tree {
  return h('span', { class: name.length > 20 ? 'name long' : 'name' }, name);
}

/** One that cannot be pressed keeps the focus and says why, which one that is `disabled` would not. */
function button({ name, is, reason }: Target, press: () => void): Tree {
  return h(
    'button',
    {
      key: name,
      type: 'button',
      class: `target ${is}`,
      'aria-disabled': is === 'open' ? undefined : 'true',
      'aria-current': is === 'owner' ? 'true' : undefined,
      ...(is === 'open' && { press }),
    },
    h('span', { class: 'verb' }, verbs[is]),
    named(name),
    ...(reason === '' ? [] : [h('span', { class: 'reason' }, reason)]),
  );
}

const verbs: Record<Target['is'], string> = {
  owner: 'With',
  arriving: 'Moving to',
  open: 'Give to',
  closed: 'Give to',
};

function refusalNote({ what, remedy }: Refusal, dismiss: () => void): Tree {
  return h(
    'div',
    { key: 'refusal', class: 'note', role: 'alert' },
    h('p', {}, ...prose(what)),
    ...(remedy === '' ? [] : [h('p', {}, ...prose(remedy))]),
    h('button', { class: 'quiet', type: 'button', press: dismiss }, 'Dismiss'),
  );
}

function devices(seat: SeatState): Tree {
  if (seat.devices.length === 0) return h('p', { class: 'soft' }, 'No device belongs to it.');
  const label = { class: 'rows', 'aria-label': `Devices of ${seat.name}` };
  return h('ul', label, ...seat.devices.map(deviceRow));
}

function deviceRow(device: DeviceState): Tree {
  const { kind, selector, name, present, problem } = device;
  const text = deviceText(device);
  const key = `${kind} ${selector} ${name}`;
  const what = name || selector;
  const details = [{ text: [name ? `${kind} ${selector}` : kind] }];
  if (problem === null) {
    return row({ key, what, state: text, how: present ? 'plain' : 'soft', details });
  }
  const wrong = { text: prose(text), how: 'wrong' } as const;
  return row({ key, what, state: '', details: [...details, wrong] });
}
