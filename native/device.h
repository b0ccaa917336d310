#pragma once

/* One event device: opened to be listened to, and taken from everyone else at need. */

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "capabilities.h"
#include "router.h"

struct device {
  int fd;
  /* Its keys as everyone else gets them: nothing while it is grabbed. */
  int host_fd;
  unsigned sends;
  /* By bits of their codes: the LEDs that it has, those that the host wants, and those that we lit. */
  uint32_t leds;
  uint32_t host_leds;
  uint32_t lit;
  /* When its keys were last looked at. */
  int64_t looked;
};

/*
 * Opens it for reading, which waits, and writing (LEDs), its events stamped with CLOCK_MONOTONIC, and
 * reads the keys that are down. Returns the name of the call that failed, with errno set, or NULL. ENOTTY from
 * EVIOCGVERSION: not an event device.
 */
const char *device_open(struct device *device, const char *path, key_set down);

/* Reads the keys that are down, which empties the queue of the key events that led there. */
int device_keys(struct device *device, key_set down);

/* The touch that its next event of one is about, unless that says another; 0 for a device without. */
unsigned device_touch_slot(const struct device *device);

/* Reads the keys that are down; device_grab() notes what the host sees of them from here on. */
int device_host_keys(const struct device *device, key_set down);

/*
 * As router_ports.grab says, but for KEY_IS_DOWN: it is to be given back then. To be called at once
 * after device_host_keys() has found no key down; `start->since` is a time before that, and is put later
 * where the host has seen more.
 */
int device_grab(struct device *device, struct start *start);

void device_close(const struct device *device);

/*
 * The desktop reads it again as soon as this has begun. It ends much later, because the kernel waits
 * twice until every processor has taken note (evdev_ungrab, __input_release_device).
 */
void device_ungrab(const struct device *device);

void device_light(struct device *device, uint32_t leds);

/*
 * An LED of a device that we have was switched. The desktop does that to every keyboard when one of
 * them has Caps Lock pressed: it gets its way when it has the device again.
 */
void device_see_led(struct device *device, unsigned led, bool on);

/* Ends its grab, and a read that waits; nothing more can be done with it. */
void device_revoke(const struct device *device);

/* CLOCK_MONOTONIC in nanoseconds. */
static inline int64_t monotonic_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
