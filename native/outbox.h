#pragma once

/*
 * What is to be written to one proxy: whole reports, in order, in room of a fixed size.
 *
 * - While the reader keeps up, each report leaves as it came.
 * - Behind a stall, reports of motion alone are added up: a backlog of them would overflow the
 *   reader's own buffer, which holds 43 (evdev.c), and the pointer ends where it should all the same.
 * - What finds no room is dropped. Then the key state that was meant is sent as soon as there is room
 *   again, so that a release is never lost.
 */

#include <stddef.h>
#include <stdint.h>

#include "keys.h"

enum {
  OUTBOX_EVENTS = 256,
  /* Reports from which on motion is added up. */
  OUTBOX_PLENTY = 24,
};

struct outbox {
  struct input_event events[OUTBOX_EVENTS];
  size_t length;
  /* Events in whole reports, and how many reports these are. */
  size_t whole;
  size_t reports;
  /* Where the last whole report begins; only while it is all motion. */
  size_t last;
  bool last_is_motion;
  bool overrun;
  /* Keys that the reader has seen pressed and not released. */
  key_set written;
};

/* Adds an event to the report that is being made. */
void outbox_put(struct outbox *outbox, uint16_t type, uint16_t code, int32_t value);

/* Ends the report; one without events is none. */
void outbox_end(struct outbox *outbox);

/* That many events from the front have been written. */
void outbox_written(struct outbox *outbox, size_t count);

/* After an overrun, once all is written: adds what makes the keys that the reader saw those of `down`. */
void outbox_catch_up(struct outbox *outbox, const key_set down);
