/** What the page shows besides the seats, each a section of rows. */
import type { GuestState, LookingGlassState, Problem, State } from '../../protocol.ts';
import { makerText, useText } from '../../../shm/presence.ts';
import { guestText } from '../../words/guest.ts';
import { localTime } from '../../words/time.ts';
import type { Happening } from './happenings.ts';
import { row, type Detail } from './row.ts';
import { h, prose, type Element, type Tree } from './tree.ts';

export function factSections(state: State): Tree[] {
  return [
    ...section('Problems', state.problems.map(problemRow)),
    ...section('Waiting', (state.waiting ?? []).map(waitingRow)),
    ...section('Virtual machines', state.domains.map(domainRow)),
    ...section('Looking Glass', state.lookingGlass.map(lookingGlassRow)),
    ...section('Guests', state.guests.map(guestRow)),
  ];
}

/** What comes is read out. */
export function happeningSection(happenings: readonly Happening[], now: Date): Tree {
  const content =
    happenings.length === 0
      ? h('p', { class: 'soft' }, 'Nothing has changed of late.')
      : h('ol', { class: 'rows' }, ...happenings.map((each) => happeningRow(each, now)));
  return h(
    'section',
    { key: 'Events', 'aria-label': 'Events' },
    h('h2', {}, 'Events'),
    h('div', { role: 'log', 'aria-label': 'Events' }, content),
  );
}

function section(title: string, rows: readonly Element[]): Tree[] {
  if (rows.length === 0) return [];
  return [
    h(
      'section',
      { key: title, 'aria-label': title },
      h('h2', {}, title),
      h('ul', { class: 'rows' }, ...rows),
    ),
  ];
}

function problemRow({ message, remedy }: Problem): Element {
  return h(
    'li',
    { key: message, class: 'problem' },
    h('p', { class: 'wrong' }, ...prose(message)),
    h('p', {}, ...prose(remedy)),
  );
}

function waitingRow({ message, remedy }: Problem): Element {
  return h(
    'li',
    { key: message },
    h('p', {}, ...prose(message)),
    h('p', { class: 'soft' }, ...prose(remedy)),
  );
}

function domainRow({ name, state }: State['domains'][number]): Element {
  return row({ key: name, what: name, state });
}

function lookingGlassRow(file: LookingGlassState): Element {
  const { domain, path, present, host, resolution, mib } = file;
  return row({
    key: path || domain,
    what: domain,
    state: useText(file),
    how: !present || host === 'dead' ? 'wrong' : 'plain',
    details: [
      ...(path === '' ? [] : [{ text: [path] }]),
      { text: [`${resolution} needs ${mib} MiB${sizeText(file)}`] },
      ...remedies(file),
    ],
  });
}

function sizeText({ fileMib, mib }: LookingGlassState): string {
  if (fileMib === null) return '';
  return `, and the file has ${Number(fileMib.toFixed(1))} MiB: ${fileMib < mib ? 'too small' : 'enough'}`;
}

function remedies({ path, present, fileMib, mib }: LookingGlassState): Detail[] {
  if (!present) return [{ text: prose(`On the host ${makerText(path)}.`), how: 'wrong' }];
  if (fileMib === null || fileMib >= mib) return [];
  return [
    { text: prose('On the host `sudo handglass shm create` makes it large enough.'), how: 'wrong' },
  ];
}

function guestRow(guest: GuestState): Element {
  const { id, domain } = guest;
  return row({ key: id, what: domain, state: guestText(guest), details: [{ text: [id] }] });
}

function happeningRow({ number, time, what }: Happening, now: Date): Element {
  const [day = '', clock = ''] = localTime(time).split(' ');
  const isToday = localTime(now).startsWith(day);
  return h(
    'li',
    { key: String(number) },
    h('time', { class: 'soft', datetime: time.toISOString() }, isToday ? clock : `${day} ${clock}`),
    h('span', {}, ...prose(what)),
  );
}
