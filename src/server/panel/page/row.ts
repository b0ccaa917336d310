import { h, type Element, type Tree } from './tree.ts';

/** A line of a list: what it is about, in a few words how that is, and below it whatever else there is. */
export interface Row {
  key: string;
  what: string;
  state: string;
  how?: Emphasis;
  details?: readonly Detail[];
}

export interface Detail {
  text: readonly Tree[];
  how?: Emphasis;
}

type Emphasis = 'plain' | 'soft' | 'wrong';

export function row({ key, what, state, how = 'plain', details = [] }: Row): Element {
  return h(
    'li',
    { key },
    h('span', { class: 'what' }, what),
    h('span', { class: `state ${how}` }, state),
    ...details.map((detail) =>
      h('span', { class: `detail ${detail.how ?? 'soft'}` }, ...detail.text),
    ),
  );
}
