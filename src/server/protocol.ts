/**
 * The contract between the service and whoever talks to it: the command line over the local unix
 * socket and guests over the network, both in JSON-RPC 2.0 on a websocket.
 *
 * - Every frame is text and at most 16 KiB; a longer message of the service comes as several frames
 *   (RFC 6455 fragments). One request in a message: batches are refused. Parameters go by name.
 * - The first message of a network connection is `session.authenticate`, within 5 s, with a token or
 *   a code. A code is good once, and the answer then has the token for every later connection.
 * - After `state.subscribe` the service sends `state.changed`, its parameters the whole state that
 *   this viewer sees, for each change of it, in order. Who reads more slowly than it changes misses
 *   some, and sees by the state's `number` that it did.
 * - A guest may ask for 30 moves at once and then for one in a second, and is told `busy` beyond that.
 * - Fields may be added; none that is here changes its meaning.
 */
import { z } from 'zod';
import type { ErrorCode } from '../errors.ts';

/** Bytes in one frame, and, where nothing else is configured, in one whole message to the service. */
export const frameLimitBytes = 16 * 1024;

/** Requests of one connection that may wait for their answers together. */
export const inFlightLimit = 32;

/** Why the service ends a connection. The application's own codes are those of HTTP plus 4000. */
export const closeCodes = {
  /** The service stops. */
  goingAway: 1001,
  /** A binary message came. */
  textOnly: 1003,
  /** No valid `session.authenticate` came first, or in time. */
  unauthenticated: 4401,
  /** Whether the caller may come in cannot be found out now; it may be tried again. */
  notNow: 1013,
  /** Too much was sent for too long: RFC 6455's code for what is against the rules of the place. */
  flooded: 1008,
  /** The guest's token was revoked while it was connected. */
  revoked: 4403,
} as const;

const problem = z.object({ code: z.string(), message: z.string(), remedy: z.string() });

const device = z.object({
  kind: z.enum(['input', 'usb', 'optical']),
  /** What the configuration says of it; of an optical drive its path. */
  selector: z.string(),
  name: z.string(),
  /** The USB port of a USB device that is plugged in: `1-2.3`. */
  port: z.string().optional(),
  present: z.boolean(),
  /** `host`, a domain's name or, to a guest, `other`; null while the device is with nobody. */
  with: z.string().nullable(),
  /** What keeps the device from its place, in a sentence. */
  problem: z.string().nullable(),
});

const move = z.object({
  /** Counts the seat's handoffs since the service began. */
  number: z.number(),
  to: z.string(),
  /** Who or what asked for it, in a few words: `chord`, `win10 has ended`. */
  why: z.string(),
  /** What made it fail, in sentences. */
  failure: z.string().nullable(),
});

const repair = z.object({
  /** Counts the seat's repairs since the service began. */
  number: z.number(),
  /** A clause: `Razer DeathAdder (port 1-2) was plugged in and is with win10`. */
  what: z.string(),
});

const seat = z.object({
  name: z.string(),
  /** `host`, a domain's name or, to a guest, `other`. */
  owner: z.string(),
  /** Who may receive it; the first is the default. */
  domains: z.array(z.string()),
  moving: z.boolean(),
  /** The handoff that is under way, else the last; null before the first, and to a guest. */
  move: move.nullable(),
  /** What the service last did by itself for a device of it; null likewise. */
  repair: repair.nullable(),
  devices: z.array(device),
});

const domain = z.object({ name: z.string(), state: z.string() });

const lookingGlass = z.object({
  domain: z.string(),
  /** Empty to a guest. */
  path: z.string(),
  /** The size that the resolution needs. */
  mib: z.number(),
  /** What the file is for: `2560x1440`. */
  resolution: z.string(),
  /** The size that the file has; null where it is not there, or a device that does not tell. */
  fileMib: z.number().nullable(),
  /** Whether the file is there. */
  present: z.boolean(),
  /** Whether a Looking Glass host writes into the file: `alive` if so. */
  host: z.string(),
});

const guest = z.object({
  id: z.string(),
  domain: z.string(),
  connected: z.boolean(),
  /** ISO 8601 in UTC; null before the first connection. */
  lastSeen: z.string().nullable(),
  /** From where it last came; null likewise. */
  address: z.string().nullable(),
});

const state = z.object({
  /** Counts the changes since the service began; 0 to a guest. */
  number: z.number(),
  /** When it came to be so: ISO 8601 in UTC; empty to a guest. */
  time: z.string(),
  version: z.string(),
  seats: z.array(seat),
  domains: z.array(domain),
  lookingGlass: z.array(lookingGlass),
  guests: z.array(guest),
  problems: z.array(problem),
  /** What the service waits for, where nothing is wrong as long as that is still to come. */
  waiting: z.array(problem).optional(),
});

export type Problem = z.infer<typeof problem>;
export type DeviceState = z.infer<typeof device>;
export type SeatState = z.infer<typeof seat>;
export type LookingGlassState = z.infer<typeof lookingGlass>;

export type GuestState = z.infer<typeof guest>;
export type State = z.infer<typeof state>;

const nothing = z.strictObject({});
const name = z.string().min(1).max(256);

/** Every method: what it takes, what it answers, and whether only this machine may call it. */
export const methods = {
  'session.authenticate': {
    params: z.union([z.strictObject({ token: name }), z.strictObject({ code: name })]),
    /** `domain` is `host` for the host's own panel. */
    result: z.object({ id: z.string(), domain: z.string(), token: z.string().optional() }),
    local: false,
  },
  'state.get': { params: nothing, result: state, local: false },
  'state.subscribe': { params: nothing, result: state, local: false },
  /** What has changed of late for this viewer, in the words of `watch`, the oldest first. */
  'state.recent': {
    params: nothing,
    /** `time` is ISO 8601 in UTC. */
    result: z.array(z.object({ time: z.string(), what: z.string() })),
    local: false,
  },
  /** `to` is `host` or a domain. Answers with the seat after the handoff. */
  'seat.give': { params: z.strictObject({ seat: name, to: name }), result: seat, local: false },
  /** Without a seat: the only one that the caller sees. Answers as `seat.give` does. */
  'seat.toggle': {
    params: z.strictObject({ seat: name.optional() }),
    result: seat,
    local: false,
  },
  /**
   * Makes a code, and the strings that carry it to the guest: one for each address that it can call,
   * the best first. The guest comes into being when it uses the code.
   */
  'guest.pair': {
    params: z.strictObject({ domain: name }),
    result: z.object({
      domain: z.string(),
      code: z.string(),
      pairing: z.array(z.string()),
      /** ISO 8601 in UTC. */
      expires: z.string(),
    }),
    local: true,
  },
  /**
   * Makes a code and the link by which a browser uses it: one on this machine, or one in a guest of
   * the domain. A guest names none: its link lets a browser do what it may itself, where it has
   * reached the service.
   */
  'panel.open': {
    params: z.strictObject({ domain: name.optional() }),
    result: z.object({
      url: z.string(),
      /** The same at other addresses, where there are any: one of all is good once. */
      others: z.array(z.string()).optional(),
      /** ISO 8601 in UTC. */
      expires: z.string(),
      /** Of the certificate that the browser is shown, its SHA-256: `0A:1B:…`; none without TLS. */
      fingerprint: z.string().optional(),
    }),
    local: false,
  },
  /**
   * Answers with the path at which a browser fetches a picture of the machine's IOMMU groups. No guest
   * is told: it would see what else the host has.
   */
  'groups.picture': { params: nothing, result: z.object({ path: z.string() }), local: false },
  /** Brings seats back for the time that the host sleeps, and gives them again: `on-suspend`. */
  'host.suspend': { params: nothing, result: z.object({}), local: true },
  'host.resume': { params: nothing, result: z.object({}), local: true },
  /** Ends the trial that the service was started for. */
  'trial.confirm': { params: nothing, result: z.object({}), local: true },
  'guest.list': { params: nothing, result: z.array(guest), local: true },
  /** Ends the guest's connections at once. */
  'guest.revoke': { params: z.strictObject({ id: name }), result: z.object({}), local: true },
} as const;

export type Method = keyof typeof methods;
export type Params<M extends Method> = z.infer<(typeof methods)[M]['params']>;
export type Result<M extends Method> = z.infer<(typeof methods)[M]['result']>;

export const stateChanged = z.object({ method: z.literal('state.changed'), params: state });

/** What can be wrong with a message itself, under the codes that JSON-RPC 2.0 reserves for it. */
export const faultNumbers = {
  'parse-error': -32_700,
  'invalid-request': -32_600,
  'method-not-found': -32_601,
  'invalid-params': -32_602,
} as const;

export type FaultCode = keyof typeof faultNumbers;

/** JSON-RPC's numbers of failures; `data.code` carries the name, by which programs decide. */
export const errorNumbers: Record<ErrorCode, number> = {
  internal: -32_603,
  unauthenticated: -32_000,
  'not-permitted': -32_001,
  busy: -32_002,
  'seat-unknown': -32_003,
  'target-unknown': -32_004,
  'domain-unknown': -32_005,
  'domain-not-running': -32_006,
  'device-absent': -32_007,
  'device-ambiguous': -32_008,
  'handoff-failed': -32_009,
  'libvirt-unavailable': -32_010,
  'input-unavailable': -32_011,
  'shm-busy': -32_012,
  'shm-failed': -32_013,
  config: -32_014,
  usage: -32_015,
  protocol: -32_016,
  'service-down': -32_017,
  'guest-unknown': -32_018,
  'listen-failed': -32_019,
  'domain-deaf': -32_020,
  'locked-out': -32_021,
  'device-refused': -32_022,
  'qemu-unavailable': -32_023,
  'trial-not-running': -32_024,
  'pairing-failed': -32_025,
  'vbios-failed': -32_026,
  'report-failed': -32_027,
  'host-unfit': -32_028,
  'address-absent': -32_029,
};
