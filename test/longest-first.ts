import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What takes the virtual host more than five minutes: begun last, one of two processors would be idle. */
export const long = [
  'traps',
  'service',
  'domain-life',
  'doctor',
  'into-guest',
  'several',
  'domains',
  'callers',
  'kernel-line',
  'switchboard',
];

/** Begins with the files that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const others = await super.sort(files);
    return others.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = long.findIndex((name) => moduleId.endsWith(`/${name}.lab.test.ts`));
  return place === -1 ? long.length : place;
}
