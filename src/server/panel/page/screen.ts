import { door } from './door.ts';
import { factSections, happeningSection } from './facts.ts';
import type { Actions, LinkStatus, Model, ShutOut } from './model.ts';
import { groupsSection } from './groups.ts';
import { seatSection } from './seat.ts';
import { h, type Tree } from './tree.ts';
import { localTime } from '../../words/time.ts';

/** The whole page. */
export function screen(model: Model, actions: Actions): Tree[] {
  const { status } = model;
  return [
    h(
      'header',
      {},
      h('h1', {}, h('img', { src: '/panel.svg', alt: '' }), 'Handglass'),
      h('p', { class: status === 'lost' ? 'wrong' : 'soft', role: 'status' }, statusText(status)),
    ),
    ...(status === 'lost' ? [lostNote(model, actions)] : []),
    ...(status === 'open' && model.hasUnusedLink ? [linkNote(actions)] : []),
    h('main', { key: mainKey(status) }, ...content(model, actions)),
  ];
}

function content(model: Model, actions: Actions): Tree[] {
  const { status, state } = model;
  if (isShutOut(status)) return [door(status, model.entryRefusal)];
  if (state === null) return [];
  const seats =
    state.seats.length === 0
      ? [h('p', { class: 'none' }, 'No seat is configured.')]
      : state.seats.map((seat) => seatSection(seat, model, actions));
  return [
    h('div', { key: 'seats', class: 'seats' }, ...seats),
    h(
      'div',
      { key: 'facts', class: 'facts' },
      ...factSections(state),
      happeningSection(model.happenings, model.stateTime),
    ),
    ...(model.viewer === 'host' ? [groupsSection(model.groups, actions.groups)] : []),
  ];
}

function lostNote({ state, stateTime }: Model, { retry }: Actions): Tree {
  const shown = state === null ? '' : ` What is shown here is of ${localTime(stateTime)}.`;
  return h(
    'div',
    { key: 'lost', class: 'note lost', role: 'alert' },
    h('p', {}, `There is no connection to the service. It is tried again by itself.${shown}`),
    h('button', { class: 'quiet', type: 'button', press: retry }, 'Try now'),
  );
}

/** Whoever has made the link has chosen as whom it lets a browser in, and any page may have opened it. */
function linkNote({ goInByLink, forgetLink }: Actions): Tree {
  return h(
    'div',
    { key: 'link', class: 'note lost', role: 'alert' },
    h(
      'p',
      {},
      'A link was opened here, but this browser is let in already. By the link it may be so as somebody else: use it only if you have asked for it.',
    ),
    h('button', { class: 'quiet', type: 'button', press: goInByLink }, 'Use the link'),
    h('button', { class: 'quiet', type: 'button', press: forgetLink }, 'Stay as you are'),
  );
}

function statusText(status: LinkStatus): string {
  return isShutOut(status) ? 'not connected' : statusTexts[status];
}

const statusTexts = { connecting: 'connecting', open: 'connected', lost: 'connection lost' };

function isShutOut(status: LinkStatus): status is ShutOut {
  return !Object.hasOwn(statusTexts, status);
}

/** What comes in place of everything else is new, and read out as such. */
function mainKey(status: LinkStatus): string {
  return isShutOut(status) ? status : 'state';
}
