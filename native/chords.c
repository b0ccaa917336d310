#include "chords.h"

#include <string.h>

/* The value of an EV_KEY event while a key is held. */
enum { REPEAT = 2 };

static void add_holders(struct chords *chords, const struct chords_device *device);
static size_t settle(struct chords *chords, struct chords_device *device, const key_set down,
                     const struct chord *fired[LIMIT_CHORDS]);
static void rearm(struct chords *chords, int8_t seat, unsigned key);
static size_t fire(struct chords *chords, const struct chord *fired[LIMIT_CHORDS]);
static bool is_whole(const struct chords *chords, const struct chord *chord);
static bool uses_key(const struct chord *chord, unsigned key);
static bool has_key(const key_set set, unsigned key);
static void put_key(key_set set, unsigned key, bool down);

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
  settle(chords, &chords->devices[slot], (const key_set){0}, none);
  chords->devices[slot].seat = NO_SEAT;
}

void chords_apply(struct chords *chords, const int8_t seats[LIMIT_DEVICES],
                  const struct chord_list *list) {
  memset(chords->holders, 0, sizeof chords->holders);
  for (unsigned slot = 0; slot < LIMIT_DEVICES; slot++) {
    chords->devices[slot].seat = seats[slot];
    add_holders(chords, &chords->devices[slot]);
  }
  chords->list = *list;
  for (size_t i = 0; i < list->count; i++) {
    chords->armed[i] = !is_whole(chords, &list->chords[i]);
  }
}

size_t chords_feed(struct chords *chords, unsigned slot, const struct input_event *event,
                   const struct chord *fired[LIMIT_CHORDS]) {
  struct chords_device *device = &chords->devices[slot];
  if (event->type == EV_SYN && event->code == SYN_DROPPED) {
    device->step = TORN;
  } else if (event->type == EV_SYN && event->code == SYN_REPORT) {
    if (device->step == IN_STEP) return settle(chords, device, device->next, fired);
    device->step = OUT_OF_STEP;
  } else if (event->type == EV_KEY && event->code < KEY_CNT && event->value != REPEAT) {
    // Out of step too: the repair overwrites it.
    put_key(device->next, event->code, event->value != 0);
  }
  return 0;
}

bool chords_need_repair(const struct chords *chords, unsigned slot) {
  return chords->devices[slot].step == OUT_OF_STEP;
}

size_t chords_repair(struct chords *chords, unsigned slot, const key_set down,
                     const struct chord *fired[LIMIT_CHORDS]) {
  struct chords_device *device = &chords->devices[slot];
  device->step = IN_STEP;
  memcpy(device->next, down, sizeof device->next);
  return settle(chords, device, device->next, fired);
}

static void add_holders(struct chords *chords, const struct chords_device *device) {
  if (device->seat == NO_SEAT) return;
  for (unsigned key = 0; key < KEY_CNT; key++) {
    chords->holders[device->seat][key] += has_key(device->held, key);
  }
}

/* Makes `down` the keys that the device holds, and fires what its presses make whole. */
static size_t settle(struct chords *chords, struct chords_device *device, const key_set down,
                     const struct chord *fired[LIMIT_CHORDS]) {
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
        pressed = true;
      } else {
        *holders -= 1;
        if (*holders == 0) rearm(chords, device->seat, key);
      }
    }
  }
  return pressed ? fire(chords, fired) : 0;
}

static void rearm(struct chords *chords, int8_t seat, unsigned key) {
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    if (chord->seat == (uint32_t)seat && uses_key(chord, key)) chords->armed[i] = true;
  }
}

static size_t fire(struct chords *chords, const struct chord *fired[LIMIT_CHORDS]) {
  size_t count = 0;
  for (size_t i = 0; i < chords->list.count; i++) {
    const struct chord *chord = &chords->list.chords[i];
    if (!chords->armed[i] || !is_whole(chords, chord)) continue;
    chords->armed[i] = false;
    fired[count++] = chord;
  }
  return count;
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

static bool has_key(const key_set set, unsigned key) {
  return set[key / KEY_SET_BITS] >> key % KEY_SET_BITS & 1;
}

static void put_key(key_set set, unsigned key, bool down) {
  unsigned long bit = 1UL << key % KEY_SET_BITS;
  if (down) {
    set[key / KEY_SET_BITS] |= bit;
  } else {
    set[key / KEY_SET_BITS] &= ~bit;
  }
}
