#include "chords.h"

#include <string.h>

static void add_holders(struct chords *chords, const struct chords_device *device);
static void take_over(struct chords *chords, const struct chord *chord, const struct chord *before,
                      struct chord_state *state);
static bool is_same(const struct chord *chord, const struct chord *other);
static size_t settle(struct chords *chords, struct chords_device *device, const key_set down,
                     int64_t now, const struct chord *fired[LIMIT_CHORDS]);
static void press(struct chords *chords, int8_t seat, unsigned key, int64_t now);
static void release(struct chords *chords, int8_t seat, unsigned key, int64_t now);
static size_t fire(struct chords *chords, int64_t now, const struct chord *fired[LIMIT_CHORDS]);
static void wait_until(struct chords *chords, int64_t due);
static bool is_whole(const struct chords *chords, const struct chord *chord);
static bool was_whole(const struct chord *chord, const struct chord_state *state);
static struct key_span *span_of(const struct chord *chord, struct chord_state *state, unsigned key);

void chords_init(struct chords *chords) {
  memset(chords, 0, sizeof *chords);
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) chords->devices[slot].seat = NO_SEAT;
}

void chords_add(struct chords *chords, unsigned slot, const key_set down) {
  struct chords_device *device = &chords->devices[slot];
  *device = (struct chords_device){.seat = NO_SEAT, .step = IN_STEP};
  memcpy(device->held, down, sizeof device->held);
  memcpy(device->next, down, sizeof device->next);
}

void chords_remove(struct chords *chords, unsigned slot) {
  const struct chord *none[LIMIT_CHORDS];
  settle(chords, &chords->devices[slot], (const key_set){0}, 0, none);
  chords->devices[slot].seat = NO_SEAT;
  chords->torn &= ~(UINT64_C(1) << slot);
}

void chords_apply(struct chords *chords, const int8_t seats[LIMIT_DEVICES],
                  const struct chord_list *list) {
  memset(chords->holders, 0, sizeof chords->holders);
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    chords->devices[slot].seat = seats[slot];
    add_holders(chords, &chords->devices[slot]);
  }
  chords->deadline = 0;
  for (size_t i = 0; i < list->count; i++) {
    const struct chord *before = i < chords->list.count ? &chords->list.chords[i] : NULL;
    take_over(chords, &list->chords[i], before, &chords->states[i]);
  }
  chords->list = *list;
}

size_t chords_feed(struct chords *chords, unsigned slot, const struct input_event *event,
                   const struct chord *fired[LIMIT_CHORDS]) {
  struct chords_device *device = &chords->devices[slot];
  if (event->type == EV_SYN && event->code == SYN_DROPPED) {
    device->step = TORN;
  } else if (event->type == EV_SYN && event->code == SYN_REPORT) {
    if (device->step == IN_STEP) {
      return settle(chords, device, device->next, event_time(event), fired);
    }
    chords_tear(chords, slot);
  } else if (event->type == EV_KEY && event->code < KEY_CNT && event->value != KEY_REPEAT) {
    // Out of step too: the repair overwrites it.
    put_key(device->next, event->code, event->value != 0);
  }
  return 0;
}

void chords_tear(struct chords *chords, unsigned slot) {
  chords->devices[slot].step = OUT_OF_STEP;
  chords->torn |= UINT64_C(1) << slot;
}

size_t chords_repair(struct chords *chords, unsigned slot, const key_set down, int64_t now,
                     const struct chord *fired[LIMIT_CHORDS]) {
  struct chords_device *device = &chords->devices[slot];
  device->step = IN_STEP;
  chords->torn &= ~(UINT64_C(1) << slot);
  memcpy(device->next, down, sizeof device->next);
  return settle(chords, device, device->next, now, fired);
}

size_t chords_tick(struct chords *chords, int64_t now, const struct chord *fired[LIMIT_CHORDS]) {
  size_t count = 0;
  chords->deadline = 0;
  for (size_t i = 0; i < chords->list.count; i++) {
    struct chord_state *state = &chords->states[i];
    if (state->due == 0) continue;
    if (state->due <= now) {
      state->due = 0;
      fired[count++] = &chords->list.chords[i];
    } else {
      wait_until(chords, state->due);
    }
  }
  return count;
}

int64_t event_time(const struct input_event *event) {
  return (int64_t)event->input_event_sec * 1000000000 + (int64_t)event->input_event_usec * 1000;
}

static void add_holders(struct chords *chords, const struct chords_device *device) {
  if (device->seat == NO_SEAT) return;
  for (unsigned key = next_key(device->held, 0); key < KEY_CNT;
       key = next_key(device->held, key + 1)) {
    chords->holders[device->seat][key] += 1;
  }
}

/* A chord that was in this place goes on as it was, unless its keys are no more held as they were. */
static void take_over(struct chords *chords, const struct chord *chord, const struct chord *before,
                      struct chord_state *state) {
  bool goes_on = before != NULL && is_same(chord, before);
  for (size_t i = 0; i < chord->key_count && goes_on; i++) {
    bool is_held = chords->holders[chord->seat][chord->keys[i]] > 0;
    goes_on = is_held == (state->spans[i].until == INT64_MAX);
  }
  if (goes_on) {
    if (state->due != 0) wait_until(chords, state->due);
    return;
  }
  *state = (struct chord_state){0};
  for (size_t i = 0; i < chord->key_count; i++) {
    bool is_held = chords->holders[chord->seat][chord->keys[i]] > 0;
    state->spans[i].until = is_held ? INT64_MAX : 0;
  }
}

static bool is_same(const struct chord *chord, const struct chord *other) {
  return chord->seat == other->seat && chord->tapped == other->tapped &&
         chord->hold == other->hold && chord->key_count == other->key_count &&
         memcmp(chord->keys, other->keys, chord->key_count * sizeof *chord->keys) == 0;
}

/* Makes `down` the keys that the device holds, and fires what that makes whole or shows to have been. */
static size_t settle(struct chords *chords, struct chords_device *device, const key_set down,
                     int64_t now, const struct chord *fired[LIMIT_CHORDS]) {
  bool is_other = false;
  for (unsigned i = 0; i < KEY_SET_LONGS; i++) {
    unsigned long changed = device->held[i] ^ down[i];
    device->held[i] = down[i];
    if (device->seat == NO_SEAT) continue;
    is_other |= changed != 0;
    for (; changed != 0; changed &= changed - 1) {
      unsigned key = i * KEY_SET_BITS + (unsigned)__builtin_ctzl(changed);
      uint8_t *holders = &chords->holders[device->seat][key];
      if (has_key(down, key)) {
        *holders += 1;
        if (*holders == 1) press(chords, device->seat, key, now);
      } else {
        *holders -= 1;
        if (*holders == 0) release(chords, device->seat, key, now);
      }
    }
  }
  return is_other ? fire(chords, now, fired) : 0;
}

/* A tap's second press has no other between. */
static void press(struct chords *chords, int8_t seat, unsigned key, int64_t now) {
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    struct chord_state *state = &chords->states[i];
    if (chord->seat != (uint32_t)seat) continue;
    struct key_span *span = span_of(chord, state, key);
    if (span != NULL) *span = (struct key_span){now, INT64_MAX};
    if (!chord->tapped) {
      state->struck |= span != NULL;
      continue;
    }
    state->struck = span != NULL && state->tapped_at != 0 && state->released &&
                    now - state->tapped_at <= TAP_NS;
    state->tapped_at = span != NULL && !state->struck ? now : 0;
    state->released = false;
  }
}

static void release(struct chords *chords, int8_t seat, unsigned key, int64_t now) {
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    struct chord_state *state = &chords->states[i];
    struct key_span *span = span_of(chord, state, key);
    if (chord->seat != (uint32_t)seat || span == NULL) continue;
    span->until = now;
    state->late = state->struck && was_whole(chord, state);
    state->due = 0;
    state->released = true;
  }
}

static size_t fire(struct chords *chords, int64_t now, const struct chord *fired[LIMIT_CHORDS]) {
  size_t count = 0;
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    struct chord_state *state = &chords->states[i];
    if (!state->late && (!state->struck || !is_whole(chords, chord))) continue;
    bool is_held = !state->late;
    state->struck = state->late = false;
    if (chord->hold == 0) {
      fired[count++] = chord;
    } else if (is_held) {
      state->due = now + chord->hold;
      wait_until(chords, state->due);
    }
  }
  return count;
}

static void wait_until(struct chords *chords, int64_t due) {
  if (chords->deadline == 0 || due < chords->deadline) chords->deadline = due;
}

static bool is_whole(const struct chords *chords, const struct chord *chord) {
  for (size_t i = 0; i < chord->key_count; i++) {
    if (chords->holders[chord->seat][chord->keys[i]] == 0) return false;
  }
  return true;
}

/* Whether all its keys are up and were down at one time. */
static bool was_whole(const struct chord *chord, const struct chord_state *state) {
  struct key_span together = {0, INT64_MAX};
  for (size_t i = 0; i < chord->key_count; i++) {
    const struct key_span *span = &state->spans[i];
    if (span->until == INT64_MAX) return false;
    if (span->from > together.from) together.from = span->from;
    if (span->until < together.until) together.until = span->until;
  }
  return together.from < together.until;
}

/* NULL for a key that is not the chord's. */
static struct key_span *span_of(const struct chord *chord, struct chord_state *state,
                                unsigned key) {
  for (size_t i = 0; i < chord->key_count; i++) {
    if (chord->keys[i] == key) return &state->spans[i];
  }
  return NULL;
}
