import { mostNameLength, nameOfProxy } from './proxies.ts';

export interface Slugs {
  /** Takes a slug; false where its names are too long, or another's. */
  claim(slug: string): boolean;
  /** Makes one out of a device's name, and takes it. */
  create(name: string): string;
}

/**
 * What clones are called behind a target's name: `wacom-intuos-pen` for a device that calls itself
 * `Wacom Intuos (Pen)`, and `wacom-intuos-pen-2` for another. No two proxies of any targets get one
 * name, though names of domains may end as others' devices begin.
 */
export function createSlugs(targets: readonly string[]): Slugs {
  const namesOf = (slug: string) => targets.map((target) => nameOfProxy(target, slug));
  const taken = new Set([...namesOf('keyboard'), ...namesOf('pointer')]);
  const room = mostNameLength - Math.max(...namesOf('').map(({ length }) => length));

  function claim(slug: string): boolean {
    const names = namesOf(slug);
    if (slug.length > room || names.some((name) => taken.has(name))) return false;
    for (const name of names) taken.add(name);
    return true;
  }

  return {
    claim,
    create(name) {
      const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
      for (let count = 1; ; count += 1) {
        const suffix = count === 1 ? '' : `-${count}`;
        const stem = trimmed(trimmed(slug).slice(0, room - suffix.length)) || 'clone';
        if (claim(`${stem}${suffix}`)) return `${stem}${suffix}`;
      }
    },
  };
}

function trimmed(slug: string): string {
  return slug.replaceAll(/^-|-$/g, '');
}
