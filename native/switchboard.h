#pragma once

/*
 * The switchboard: one thread that reads event devices and recognises chords.
 *
 * All functions are called by one thread, the owner; only `wake` is called by the switchboard's
 * own. Those that return text return the name of the call that failed, with errno set, or NULL.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chords.h"
#include "switchboard-limits.h"

struct switchboard;

struct route {
  uint32_t device;
  uint32_t seat;
};

struct switchboard_table {
  size_t route_count;
  struct route routes[LIMIT_DEVICES];
  struct chord_list list;
};

struct switchboard_event {
  enum { EVENT_CHORD, EVENT_GONE } kind;
  /* The chord's. */
  uint32_t id;
  uint32_t seat;
  /* Of the device that is gone, and the errno that said so. */
  uint32_t device;
  int error;
};

/* `wake` says that there is something to take; it must not block. */
const char *switchboard_start(struct switchboard **started, void (*wake)(void *), void *context);

/* Ends the thread, closes all devices and frees the switchboard. */
void switchboard_stop(struct switchboard *switchboard);

/*
 * Opens an event device and listens to it. Device numbers start at 1 and are never given twice.
 * ENOTTY from EVIOCGVERSION: not an event device. EMFILE: LIMIT_DEVICES are open.
 */
const char *switchboard_open(struct switchboard *switchboard, const char *path, uint32_t *device);

/* No event of the device is taken afterwards. A number that is not open is ignored. */
void switchboard_close(struct switchboard *switchboard, uint32_t device);

/*
 * Puts a new table in force between two reports. Its seats and keys are within their limits and no
 * device is routed twice; routes of devices that are not open, gone ones perhaps, are ignored.
 */
void switchboard_apply(struct switchboard *switchboard, const struct switchboard_table *table);

/* Takes the next event; false when there is none. A device is closed when its going is taken. */
bool switchboard_take(struct switchboard *switchboard, struct switchboard_event *event);
