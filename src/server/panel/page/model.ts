/** All that the page shows. */
import type { Result, SeatState, State } from '../../protocol.ts';
import { changes } from '../../words/change.ts';
import { changesMeanwhile, withNews, type Happening } from './happenings.ts';

/** Why there is no way in, until a new link is opened. */
export type ShutOut = 'unpaired' | 'link refused' | 'token refused' | 'not let in' | 'revoked';

export type LinkStatus = 'connecting' | 'open' | 'lost' | ShutOut;

export interface Refusal {
  what: string;
  remedy: string;
}

export interface Model {
  status: LinkStatus;
  /** Why the service last did not let this browser in, in its words; null where it gave no reason. */
  entryRefusal: Refusal | null;
  /** Whether a link was opened that this browser did not need to be let in. */
  hasUnusedLink: boolean;
  /** As last told; null before the first time. */
  state: State | null;
  /** When that came. */
  stateTime: Date;
  /** Whether the connection has been found again, and what has changed meanwhile was not told yet. */
  catchingUp: boolean;
  /** Who looks: `host`, or the domain of a guest. */
  viewer: string;
  happenings: readonly Happening[];
  /** By seat, where it has been asked to go, until the service has answered. */
  asked: ReadonlyMap<string, string>;
  /** By seat, why it did not go where it was last asked to. */
  refusals: ReadonlyMap<string, Refusal>;
  /** Where the picture of the IOMMU groups is fetched, or why it cannot be; null while nobody looks. */
  groups: { path: string } | Refusal | null;
  /** By seat, the number of the move whose failure has been read. */
  dismissed: ReadonlyMap<string, number>;
}

/** What the page's buttons do. */
export interface Actions {
  give: (seat: string, to: string) => void;
  dismiss: (seat: string) => void;
  /** Shows the IOMMU groups, or hides them again. */
  groups: () => void;
  retry: () => void;
  goInByLink: () => void;
  forgetLink: () => void;
}

export function beginning(time: Date): Model {
  return {
    status: 'connecting',
    entryRefusal: null,
    hasUnusedLink: false,
    state: null,
    stateTime: time,
    catchingUp: false,
    viewer: 'host',
    happenings: [],
    asked: new Map(),
    refusals: new Map(),
    groups: null,
    dismissed: new Map(),
  };
}

export function withStatus(model: Model, status: LinkStatus, time: Date): Model {
  const { state, happenings } = model;
  if (status === model.status) return model;
  const news = state === null ? [] : (linkNews[status] ?? []);
  return {
    ...model,
    status,
    catchingUp: status === 'open',
    happenings: withNews(happenings, news, time),
  };
}

const linkNews: Partial<Record<LinkStatus, string[]>> = {
  lost: ['connection lost'],
  open: ['connected again'],
};

export function withEntryRefusal(model: Model, entryRefusal: Refusal): Model {
  return { ...model, entryRefusal };
}

/** What had changed before the page was opened; later it has seen for itself. */
export function withRecent(model: Model, recent: Result<'state.recent'>): Model {
  if (model.state !== null) return model;
  const happenings = recent.reduce<readonly Happening[]>(
    (before, { time, what }) => withNews(before, [what], new Date(time)),
    [],
  );
  return { ...model, happenings };
}

export function withState(model: Model, state: State, viewer: string, time: Date): Model {
  const { state: before, catchingUp, happenings, refusals } = model;
  const differences = catchingUp ? changesMeanwhile : changes;
  return {
    ...model,
    state,
    stateTime: time,
    catchingUp: false,
    viewer,
    happenings: withNews(happenings, before === null ? [] : differences(before, state), time),
    refusals: new Map(
      [...refusals].filter(([seat]) => seatIn(before, seat)?.owner === seatIn(state, seat)?.owner),
    ),
  };
}

export function withAsked(model: Model, seat: string, to: string): Model {
  return {
    ...withoutRefusal(model, seat),
    asked: new Map([...model.asked, [seat, to]]),
  };
}

/** @param refusal null where the seat is where it was asked to go */
export function withAnswer(model: Model, seat: string, refusal: Refusal | null): Model {
  return {
    ...model,
    asked: new Map([...model.asked].filter(([name]) => name !== seat)),
    refusals: refusal === null ? model.refusals : new Map([...model.refusals, [seat, refusal]]),
  };
}

export function withDismissed(model: Model, seat: string): Model {
  const number = seatIn(model.state, seat)?.move?.number;
  return {
    ...withoutRefusal(model, seat),
    dismissed: new Map([...model.dismissed, [seat, number ?? 0]]),
  };
}

/** Why the seat is not where it was last to go, until that is dismissed; null where it is. */
export function refusalOf(model: Model, { name, moving, move }: SeatState): Refusal | null {
  const refusal = model.refusals.get(name);
  if (refusal !== undefined) return refusal;
  // A chord, or somebody else, has asked for it.
  if (moving || move === null || move.failure === null) return null;
  if (move.number === model.dismissed.get(name)) return null;
  return { what: `Not moved to ${move.to} (${move.why}): ${move.failure}`, remedy: '' };
}

function withoutRefusal(model: Model, seat: string): Model {
  return { ...model, refusals: new Map([...model.refusals].filter(([name]) => name !== seat)) };
}

function seatIn(state: State | null, name: string): SeatState | undefined {
  return state?.seats.find((seat) => seat.name === name);
}
