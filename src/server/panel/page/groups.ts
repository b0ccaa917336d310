import type { Model } from './model.ts';
import { h, prose, type Tree } from './tree.ts';

/** The IOMMU groups of this machine: folded, since to draw them all of its devices are looked at. */
export function groupsSection(groups: Model['groups'], press: () => void): Tree {
  return h(
    'section',
    { key: 'groups', class: 'groups', 'aria-label': 'IOMMU groups' },
    h('h2', {}, 'IOMMU groups'),
    h('p', { class: 'soft' }, 'Which device of this machine shares its group with what.'),
    h(
      'button',
      {
        class: 'quiet',
        type: 'button',
        'aria-expanded': String(groups !== null),
        press,
      },
      groups === null ? 'Show them' : 'Hide them',
    ),
    ...content(groups),
  );
}

function content(groups: Model['groups']): Tree[] {
  if (groups === null) return [];
  if ('what' in groups) {
    return [h('p', { class: 'wrong', role: 'alert' }, ...prose(`${groups.what} ${groups.remedy}`))];
  }
  const { path } = groups;
  const alt = 'A picture of them, larger in a tab of its own; handglass groups tells the same.';
  return [
    h(
      'a',
      { key: path, href: path, target: '_blank', rel: 'noreferrer' },
      h('img', { src: path, alt }),
    ),
  ];
}
