#pragma once

/* Devices that uinput makes, standing for real ones. */

#include <stdbool.h>
#include <stdint.h>

struct uinput_traits {
  const char *name;
  const char *phys;
  uint16_t vendor;
  uint16_t product;
  /* What it can send: typing keys, relative motion, a place on a plane, touches, switches; and LEDs. */
  bool keys;
  bool pointer;
  bool abs;
  bool touch;
  bool leds;
  bool sw;
  /* The kernel repeats its keys. */
  bool repeat;
};

enum { NODE_ROOM = 64 };

/*
 * Makes a device and waits until udev has made its event node, such as /dev/input/event4. Returns
 * the descriptor to write reports to, which reads without blocking; the device lasts until it is
 * closed. -1 with errno set, ETIME where no udev runs.
 */
int uinput_create(const struct uinput_traits *traits, char node[NODE_ROOM]);
