import type { HandglassError } from '../errors.ts';

/** What a seat's last move by chord was about; its next move, by whatever way, settles it. */
export function moveOf(seat: string): string {
  return `move ${seat}`;
}

/** Why its input devices did not go where they were sent; it lasts until they move. */
export function refusalOf(seat: string): string {
  return `refusal ${seat}`;
}

export interface Problems {
  /** What is wrong with several things for one reason is there once. */
  list(): HandglassError[];
  /** What is wrong with one thing now, in place of what was wrong with it before. */
  set(about: string, errors: readonly HandglassError[]): void;
}

/** What is wrong at present, by what it is about; each problem is logged once, as it comes. */
export function createProblems(changed: () => void, log: (line: string) => void): Problems {
  const current = new Map<string, readonly HandglassError[]>();
  return {
    list: () =>
      [...current.values()]
        .flat()
        .filter(({ message }, at, all) => all.findIndex((each) => each.message === message) === at),
    set(about, errors) {
      const before = textOf(current.get(about) ?? []);
      const now = textOf(errors);
      if (before.join('\n') === now.join('\n')) return;
      current.set(about, errors);
      for (const line of now.filter((each) => !before.includes(each))) log(line);
      changed();
    },
  };
}

function textOf(errors: readonly HandglassError[]): string[] {
  return errors.map(({ message }) => message);
}
