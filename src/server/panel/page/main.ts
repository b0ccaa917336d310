import { openCredentials } from './credentials.ts';
import { draw } from './draw.ts';
import { openLink } from './link.ts';
import {
  beginning,
  withAnswer,
  withAsked,
  withDismissed,
  withEntryRefusal,
  withRecent,
  withState,
  withStatus,
  type Actions,
  type Model,
} from './model.ts';
import { screen } from './screen.ts';

let model = beginning(new Date());

const address = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/`;
const link = openLink(address, openCredentials(), {
  status: (status) => show(withStatus(model, status, new Date())),
  refused: (refusal) => show(withEntryRefusal(model, refusal)),
  entered: (hasUnusedLink) => show({ ...model, hasUnusedLink }),
  recent: (changes) => show(withRecent(model, changes)),
  state: (state, viewer) => show(withState(model, state, viewer, new Date())),
});
const retry = () => link.retry();
const actions: Actions = {
  give: (seat, to) => void give(seat, to),
  groups: () => void groups(),
  dismiss: (seat) => show(withDismissed(model, seat)),
  retry,
  goInByLink() {
    // Whoever it then is sees it all anew.
    show(beginning(new Date()));
    link.goInByLink();
  },
  forgetLink() {
    link.forgetLink();
    show({ ...model, hasUnusedLink: false });
  },
};

// Another tab was let in.
addEventListener('storage', ({ newValue }) => {
  if (newValue !== null) retry();
});
// The network is back, or the page is looked at again.
addEventListener('online', retryIfLost);
document.addEventListener('visibilitychange', retryIfLost);
// A new link that is opened in the same tab loads nothing by itself.
addEventListener('hashchange', () => location.reload());

show(model);

function show(now: Model): void {
  model = now;
  draw(document.body, screen(model, actions));
}

function retryIfLost(): void {
  if (model.status === 'lost') retry();
}

async function give(seat: string, to: string): Promise<void> {
  show(withAsked(model, seat, to));
  const refusal = await link.give(seat, to);
  show(withAnswer(model, seat, refusal));
}

async function groups(): Promise<void> {
  if (model.groups !== null) return show({ ...model, groups: null });
  const found = await link.groups();
  show({ ...model, groups: found });
}
