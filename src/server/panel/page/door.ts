import type { ShutOut } from './model.ts';
import { h, prose, type Tree } from './tree.ts';

/** What is shown in place of everything else while there is no way in. */
export function door(why: ShutOut): Tree {
  const { title, remedy } = doors[why];
  return h(
    'section',
    { class: 'door', role: 'alert' },
    h('h2', {}, title),
    h('p', {}, ...prose(remedy)),
    h(
      'p',
      { class: 'soft' },
      ...prose(
        'For a browser inside a virtual machine: `handglass panel --domain NAME`. A link is good once, and for 10 minutes.',
      ),
    ),
  );
}

const doors: Record<ShutOut, { title: string; remedy: string }> = {
  unpaired: {
    title: 'This browser is not paired',
    remedy: 'Run `handglass panel` on the host, and open the link that it prints.',
  },
  'link refused': {
    title: 'This link is not good any more',
    remedy:
      'It was used before, or its time is over. Run `handglass panel` on the host for a new one.',
  },
  'token refused': {
    title: 'The service does not know this browser any more',
    remedy:
      'It was started anew since, or this browser was shut out. Run `handglass panel` on the host, and open the link that it prints.',
  },
  revoked: {
    title: 'This browser was shut out',
    remedy: 'Somebody on the host has revoked it. Run `handglass panel` there to pair it again.',
  },
};
