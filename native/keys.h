#pragma once

/* Sets of key codes, one bit for each, laid out as EVIOCGKEY fills them. */

#include <limits.h>
#include <linux/input.h>
#include <stdbool.h>

enum {
  KEY_SET_BITS = CHAR_BIT * sizeof(unsigned long),
  KEY_SET_LONGS = (KEY_CNT + KEY_SET_BITS - 1) / KEY_SET_BITS,
  /* The value of an EV_KEY event while a key is held. */
  KEY_REPEAT = 2,
};

typedef unsigned long key_set[KEY_SET_LONGS];

static inline bool has_key(const key_set set, unsigned key) {
  return set[key / KEY_SET_BITS] >> key % KEY_SET_BITS & 1;
}

static inline void put_key(key_set set, unsigned key, bool down) {
  unsigned long bit = 1UL << key % KEY_SET_BITS;
  if (down) {
    set[key / KEY_SET_BITS] |= bit;
  } else {
    set[key / KEY_SET_BITS] &= ~bit;
  }
}

static inline bool has_no_key(const key_set set) {
  for (unsigned i = 0; i < KEY_SET_LONGS; i++) {
    if (set[i] != 0) return false;
  }
  return true;
}

/* The first key from `from` on that the set has, KEY_CNT where there is none. */
static inline unsigned next_key(const key_set set, unsigned from) {
  for (unsigned i = from / KEY_SET_BITS; i < KEY_SET_LONGS; i++) {
    unsigned long bits = set[i];
    if (i == from / KEY_SET_BITS) bits &= ~0UL << from % KEY_SET_BITS;
    if (bits != 0) return i * KEY_SET_BITS + (unsigned)__builtin_ctzl(bits);
  }
  return KEY_CNT;
}
