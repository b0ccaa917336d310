#include "chords.h"

#include <string.h>

static void add_holders(struct chords *chords, const struct chords_device *device);
static size_t settle(struct chords *chords, struct chords_device *device, const key_set down,
                     int64_t now, const struct chord *fired[LIMIT_CHORDS]);
static void press(struct chords *chords, int8_t seat, unsigned key, int64_t now);
static void release(struct chords *chords, int8_t seat, unsigned key);
static size_t fire(struct chords *chords, int64_t now, const struct chord *fired[LIMIT_CHORDS]);
static void wait_until(struct chords *chords, int64_t due);
static bool is_whole(const struct chords *chords, const struct chord *chord);
static bool uses_key(const struct chord *chord, unsigned key);

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
  chords->list = *list;
  chords->deadline = 0;
  for (size_t i = 0; i < list->count; i++) {
    chords->states[i] = (struct chord_state){.armed = !is_whole(chords, &list->chords[i])};
  }
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

/* Makes `down` the keys that the device holds, and fires what its presses make whole. */
static size_t settle(struct chords *chords, struct chords_device *device, const key_set down,
                     int64_t now, const struct chord *fired[LIMIT_CHORDS]) {
  bool pressed = false;
  for (unsigned i = 0; i < KEY_SET_LONGS; i++) {
    unsigned long changed = device->held[i] ^ down[i];
    device->held[i] = down[i];
    if (device->seat == NO_SEAT) continue;
    for (; changed != 0; changed &= changed - 1) {
      unsigned key = i * KEY_SET_BITS + (unsigned)__builtin_ctzl(changed);
      uint8_t *holders = &chords->holders[device->seat][key];
      if (has_key(down, key)) {
        *holders += 1;
        if (*holders == 1) press(chords, device->seat, key, now);
        pressed = true;
      } else {
        *holders -= 1;
        if (*holders == 0) release(chords, device->seat, key);
      }
    }
  }
  return pressed ? fire(chords, now, fired) : 0;
}

/* What a key that goes down on a seat means for taps; a tap's second press has no other between. */
static void press(struct chords *chords, int8_t seat, unsigned key, int64_t now) {
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    struct chord_state *state = &chords->states[i];
    if (!chord->tapped || chord->seat != (uint32_t)seat) continue;
    bool again = chord->keys[0] == key && state->tapped_at != 0 && state->released &&
                 now - state->tapped_at <= TAP_NS;
    state->armed = again;
    state->tapped_at = chord->keys[0] == key && !again ? now : 0;
    state->released = false;
  }
}

static void release(struct chords *chords, int8_t seat, unsigned key) {
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    if (chord->seat != (uint32_t)seat || !uses_key(chord, key)) continue;
    chords->states[i].due = 0;
    chords->states[i].released = true;
    if (!chord->tapped) chords->states[i].armed = true;
  }
}

static size_t fire(struct chords *chords, int64_t now, const struct chord *fired[LIMIT_CHORDS]) {
  size_t count = 0;
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    struct chord_state *state = &chords->states[i];
    if (!state->armed || !is_whole(chords, chord)) continue;
    state->armed = false;
    if (chord->hold == 0) {
      fired[count++] = chord;
    } else {
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

static bool uses_key(const struct chord *chord, unsigned key) {
  for (size_t i = 0; i < chord->key_count; i++) {
    if (chord->keys[i] == key) return true;
  }
  return false;
}
