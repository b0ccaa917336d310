import { type Domain, type Domains, holdsDevices, isAway } from '../domain/domain.ts';
import { hasOurAlias } from '../domain/usb-hostdev.ts';
import { HandglassError, reasonWithPath } from '../errors.ts';
import type { DomainFacts } from '../seat/view.ts';

type Source = Pick<Domains, 'list' | 'usbOf' | 'drives'>;

/**
 * Gives a function that reads all domains, and what those have that seats name; at first, and for as long
 * as it is there, also what others have by our doing from another configuration. A source that fails hides
 * none of the others' domains: what it said last stands, and `failed` is told. The reading rejects where
 * every source fails.
 *
 * @param seatDomains those whose devices are of interest
 */
export function domainReader(
  sources: readonly Source[],
  seatDomains: ReadonlySet<string>,
  failed: (failures: readonly HandglassError[]) => void,
): () => Promise<Omit<DomainFacts, 'processes' | 'younger'>> {
  const last = new Map<Source, Omit<DomainFacts, 'processes' | 'younger'>>();

  async function read(source: Source): Promise<void> {
    const domains = await source.list();
    const before = last.get(source)?.attached;
    const isOfInterest = (name: string) =>
      seatDomains.has(name) || before === undefined || before.get(name)?.some(hasOurAlias) === true;
    const active = domains.filter((each) => holdsDevices(each) && isOfInterest(each.name));
    const having = active.map(async ({ name }) => ({
      name,
      usb: await source.usbOf(name).catch(orNothing(seatDomains.has(name))),
      drives: (await source.drives?.attached(name)) ?? [],
    }));
    const had = await Promise.all(having);
    last.set(source, {
      domains,
      attached: new Map(had.map(({ name, usb }) => [name, usb.hostdevs])),
      ports: new Map(
        had.flatMap(({ name, usb: { ports } }) => (ports === null ? [] : [[name, ports]])),
      ),
      drives: new Map(had.map(({ name, drives }) => [name, drives])),
      stale: new Set(),
    });
  }

  return async () => {
    const readings = await Promise.allSettled(sources.map(read));
    const failures = readings.flatMap((each) =>
      each.status === 'rejected' ? [problemFrom(each.reason)] : [],
    );
    const [first, ...others] = failures;
    const isBlind = first !== undefined && failures.length === sources.length;
    failed(isBlind ? others : failures);
    if (isBlind) throw first;
    const unread = sources.filter((_, index) => readings[index]?.status === 'rejected');
    const known = [...last.values()];
    const domains = known.flatMap((facts) => facts.domains);
    const missing = first === undefined ? [] : namesBeyond(domains, seatDomains);
    const before = unread.flatMap((source) => last.get(source)?.domains ?? []);
    return {
      domains: [...domains, ...missing.map(unreadable)],
      stale: new Set([...before.map(({ name }) => name), ...missing]),
      attached: new Map(known.flatMap(({ attached }) => [...attached])),
      ports: new Map(known.flatMap(({ ports }) => [...ports])),
      drives: new Map(known.flatMap(({ drives }) => [...drives])),
    };
  };
}

/** Who may not see what a domain has that no seat names goes without. */
function orNothing(isNamed: boolean) {
  return (error: unknown): Awaited<ReturnType<Source['usbOf']>> => {
    if (isNamed || isAway(error)) throw error;
    return { hostdevs: [], ports: null };
  };
}

function namesBeyond(domains: readonly Domain[], names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => !domains.some((domain) => domain.name === name));
}

/** Whether it exists nobody can tell, nor what would start it. */
function unreadable(name: string): Domain {
  const start = '`handglass status` shows what keeps it from being asked.';
  return { name, state: 'no state', start };
}

function problemFrom(error: unknown): HandglassError {
  if (error instanceof HandglassError) return error;
  return new HandglassError(
    'internal',
    `The domains cannot be read: ${reasonWithPath(error)}.`,
    '',
    {
      cause: error,
    },
  );
}
