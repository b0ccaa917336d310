import type { Refusal, ShutOut } from './model.ts';
import { h, prose, type Tree } from './tree.ts';

/**
 * What is shown in place of everything else while there is no way in.
 *
 * @param said what the service has said to it, where that is the reason
 */
export function door(why: ShutOut, said: Refusal | null): Tree {
  const { title, remedy } = doors[why];
  const sentences = why === 'not let in' && said !== null ? [said.what, said.remedy] : [remedy];
  return h(
    'section',
    { class: 'door', role: 'alert' },
    h('h2', {}, title),
    ...sentences.map((text) => h('p', {}, ...prose(text))),
    h(
      'p',
      { class: 'soft' },
      ...prose(
        'For a browser inside a virtual machine: `handglass panel --domain NAME`, or `handglass guest panel` inside it. A link is good once, and for 10 minutes.',
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
      'It was started anew since, 12 hours are over, or this browser was shut out. Run `handglass panel` on the host, and open the link that it prints.',
  },
  'not let in': {
    title: 'The service does not let this browser in',
    remedy: 'Run `handglass panel` on the host, and open the link that it prints.',
  },
  revoked: {
    title: 'This browser was shut out',
    remedy:
      'Somebody on the host has revoked it. Run `handglass panel --domain NAME` there to pair it again.',
  },
};
