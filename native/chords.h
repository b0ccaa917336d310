#pragma once

/*
 * Chords: keys held together on a seat, whatever keyboards of the seat they are on.
 *
 * Pure logic from events to chords. It reads no device, allocates nothing and knows no thread.
 * Devices are slots from 0 to LIMIT_DEVICES - 1, which the caller hands out.
 *
 * - Keys change when a report ends (SYN_REPORT), all of the report's at once.
 * - A chord fires when a press makes it whole. Other keys held do not matter, so that a chord works
 *   beside a key that is stuck. It fires again only after one of its keys was up on the whole seat.
 * - Only a press fires a chord: a new table, or a device that arrives with keys down, never does.
 */

#include <limits.h>
#include <linux/input.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "switchboard-limits.h"

enum {
  KEY_SET_BITS = CHAR_BIT * sizeof(unsigned long),
  KEY_SET_LONGS = (KEY_CNT + KEY_SET_BITS - 1) / KEY_SET_BITS,
};

/* One bit for each key code, laid out as EVIOCGKEY fills it. */
typedef unsigned long key_set[KEY_SET_LONGS];

/* Keys are different codes below KEY_CNT, at least one; `seat` is below LIMIT_SEATS. */
struct chord {
  uint32_t id;
  uint32_t seat;
  size_t key_count;
  uint16_t keys[LIMIT_CHORD_KEYS];
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

struct chords {
  struct chords_device devices[LIMIT_DEVICES];
  /* How many of the seat's devices hold the key. */
  uint8_t holders[LIMIT_SEATS][KEY_CNT];
  struct chord_list list;
  /* Whether a key of the chord was up since it last fired. */
  bool armed[LIMIT_CHORDS];
};

/* No devices, seats or chords. */
void chords_init(struct chords *chords);

/* A device arrives in a free slot with these keys down, and in no seat until the next table. */
void chords_add(struct chords *chords, unsigned slot, const key_set down);

/* A device leaves; what it held is released. */
void chords_remove(struct chords *chords, unsigned slot);

/* Takes new chords, and the seat (or NO_SEAT) of each slot. Keys that are held stay held. */
void chords_apply(struct chords *chords, const int8_t seats[LIMIT_DEVICES],
                  const struct chord_list *list);

/*
 * Takes one event of a device. Returns how many chords fire with it and puts them in `fired`, valid
 * until the next table.
 */
size_t chords_feed(struct chords *chords, unsigned slot, const struct input_event *event,
                   const struct chord *fired[LIMIT_CHORDS]);

/*
 * Whether the device lost events and its key state must be read and given to chords_repair(). To be
 * asked once all events that were read are fed: those are older than the state, and events that
 * follow a loss are ignored until it is repaired.
 */
bool chords_need_repair(const struct chords *chords, unsigned slot);

/* Makes up for lost events with the keys that are down now. Fires like chords_feed(). */
size_t chords_repair(struct chords *chords, unsigned slot, const key_set down,
                     const struct chord *fired[LIMIT_CHORDS]);
