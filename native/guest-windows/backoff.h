#pragma once

enum { FIRST_WAIT_MS = 500, LONGEST_WAIT_MS = 30000 };

/* Milliseconds to wait after the next failure in a row: twice as long each time. */
static inline unsigned longer_wait(unsigned wait_ms) {
  return wait_ms * 2 > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait_ms * 2;
}
