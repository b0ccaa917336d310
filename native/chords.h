#pragma once

/*
 * Chords: keys held together on a seat, whatever keyboards of the seat they are on, or one key
 * tapped twice.
 *
 * Pure logic from events to chords. It reads no device and no clock, allocates nothing and knows no
 * thread. Devices are slots from 0 to LIMIT_DEVICES - 1, which the caller hands out. Times are
 * nanoseconds of the clock that the events are stamped with.
 *
 * - Keys change when a report ends (SYN_REPORT), all of the report's at once.
 * - A chord fires when a press makes it whole, or once it has been whole for its hold time. Other
 *   keys held do not matter, so that a chord works beside a key that is stuck. It fires again only
 *   when one of its keys, which was up on the whole seat, is pressed anew.
 * - What one device says may come here after later events of another, which a thread of its own has
 *   read. So keys that are up again were down together if their events' stamps say so, which is known
 *   for sure once the last of them is let go of: the chord fires then. It is not waited for whether a
 *   release that is still to be read came before another key's press, and of the times that a key was
 *   down the last alone is known.
 * - A tapped chord fires at its key's second press within TAP_NS of the first, with no press of
 *   another key between.
 * - A new table, or a device that arrives with keys down, fires no chord.
 */

#include <stddef.h>
#include <stdint.h>

#include "keys.h"
#include "switchboard-limits.h"

static const int64_t TAP_NS = 400 * 1000 * 1000;

/* Keys are different codes below KEY_CNT, at least one; `seat` is below LIMIT_SEATS. */
struct chord {
  uint32_t id;
  uint32_t seat;
  size_t key_count;
  uint16_t keys[LIMIT_CHORD_KEYS];
  /* Its one key is to be tapped twice. */
  bool tapped;
  /* Nanoseconds for which it must be whole. */
  int64_t hold;
  /* What it is for; see router.h. */
  bool swallow;
  bool panic;
  size_t target_count;
  uint8_t targets[LIMIT_TARGETS];
};

struct chord_list {
  size_t count;
  struct chord chords[LIMIT_CHORDS];
};

enum { NO_SEAT = -1 };

struct chords_device {
  int8_t seat;
  enum {
    IN_STEP,
    /* After SYN_DROPPED: what follows, up to the report's end, is a torn report. */
    TORN,
    /* After that report's end: `held` is to be repaired from the device. */
    OUT_OF_STEP,
  } step;
  /* Keys down after the last whole report, and after the events of the unfinished one. */
  key_set held;
  key_set next;
};

/* When a key was last down on the seat; 0 where that is not known, which counts as never. */
struct key_span {
  int64_t from;
  /* INT64_MAX: it still is. */
  int64_t until;
};

struct chord_state {
  /* One of its keys was pressed since it last fired, or its key for the second time. */
  bool struck;
  /* Its keys are up again, and their stamps say that they were down together. */
  bool late;
  struct key_span spans[LIMIT_CHORD_KEYS];
  /* When it fires unless a key goes up first; 0: not to be waited for. */
  int64_t due;
  /* Its key's first press, and whether it went up since; 0: none that counts. */
  int64_t tapped_at;
  bool released;
};

struct chords {
  struct chords_device devices[LIMIT_DEVICES];
  /* How many of the seat's devices hold the key. */
  uint8_t holders[LIMIT_SEATS][KEY_CNT];
  struct chord_list list;
  struct chord_state states[LIMIT_CHORDS];
  /* When chords_tick() is to be called; 0: no chord waits. It may come too early, never too late. */
  int64_t deadline;
  /* Devices that are OUT_OF_STEP, bits by slot. */
  uint64_t torn;
};

/* No devices, seats or chords. */
void chords_init(struct chords *chords);

/* A device arrives in a free slot with these keys down, and in no seat until the next table. */
void chords_add(struct chords *chords, unsigned slot, const key_set down);

/* A device leaves; what it held is released. */
void chords_remove(struct chords *chords, unsigned slot);

/*
 * Takes new chords, and the seat (or NO_SEAT) of each slot. Keys that are held stay held, and a chord
 * that is in its place again goes on as if nothing had been applied.
 */
void chords_apply(struct chords *chords, const int8_t seats[LIMIT_DEVICES],
                  const struct chord_list *list);

/*
 * Takes one event of a device. Returns how many chords fire with it and puts them in `fired`, valid
 * until the next table.
 */
size_t chords_feed(struct chords *chords, unsigned slot, const struct input_event *event,
                   const struct chord *fired[LIMIT_CHORDS]);

/*
 * Marks a device that has lost events: its key state must be read and given to chords_repair(), once
 * all events that were read are fed. Those are older than the state; what follows a loss is ignored
 * until it is repaired. `torn` has what waits for it.
 */
void chords_tear(struct chords *chords, unsigned slot);

/* Makes up for lost events with the keys that are down now. Fires like chords_feed(). */
size_t chords_repair(struct chords *chords, unsigned slot, const key_set down, int64_t now,
                     const struct chord *fired[LIMIT_CHORDS]);

/* Fires the chords that have been held for long enough. */
size_t chords_tick(struct chords *chords, int64_t now, const struct chord *fired[LIMIT_CHORDS]);

/* An event's stamp in nanoseconds. */
int64_t event_time(const struct input_event *event);
