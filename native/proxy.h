#pragma once

/* One uinput device that stands for a seat's devices to somebody else. */

#include <stdbool.h>
#include <stdint.h>

#include "capabilities.h"

struct proxy {
  int uinput_fd;
  /* Its own event device, to see whether somebody has grabbed that; -1 until udev has made it. */
  int node_fd;
};

/*
 * Makes one; `name` and `phys` are below UINPUT_MAX_NAME_SIZE bytes. It can send nothing but what
 * the capabilities say: no repeats of its own, and no force feedback, whose callers would wait for
 * our answer. Returns the name of the call that failed, with errno set, or NULL.
 */
const char *proxy_create(struct proxy *proxy, const char *name, const char *phys,
                         const struct capabilities *capabilities);

/* Writes the name of its folder in /sys/devices/virtual/input: input12. Like proxy_create(). */
const char *proxy_folder(int uinput_fd, char *name, size_t size);

/* Opens its event device, once udev has given the right. Like proxy_create(). */
const char *proxy_open_node(struct proxy *proxy, const char *path);

/* Releases what is held on a proxy that another process has left, and tells its LEDs. */
const char *proxy_adopt(const struct proxy *proxy, uint32_t *leds);

/*
 * Whether somebody has grabbed it: the only one to see its events then. Where nobody has, we have until
 * proxy_end_probe(), which takes as long as device_ungrab().
 */
bool proxy_is_heard(const struct proxy *proxy);
void proxy_end_probe(const struct proxy *proxy);

void proxy_close(struct proxy *proxy);
