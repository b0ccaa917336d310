/*
 * Pipes in place of devices and proxies, for the switchboard where there are neither: in place of
 * device.c and proxy.c. A device's path and a proxy's name are the number of a descriptor.
 */

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../native/device.h"
#include "../../native/proxy.h"
#include "../../native/router.h"

const char *device_open(struct device *device, const char *path, key_set down) {
  *device = (struct device){.fd = atoi(path), .sends = SENDS_KEYS | SENDS_POINTER};
  memset(down, 0, sizeof(key_set));
  return NULL;
}

int device_keys(struct device *device, key_set down) {
  (void)device;
  memset(down, 0, sizeof(key_set));
  return 0;
}

unsigned device_touch_slot(const struct device *device) {
  (void)device;
  return 0;
}

int device_host_keys(const struct device *device, key_set down) {
  (void)device;
  memset(down, 0, sizeof(key_set));
  return 0;
}

int device_grab(struct device *device, struct start *start) {
  (void)device;
  *start = (struct start){0};
  return 0;
}

/* As slow as the kernel is. */
void device_ungrab(const struct device *device) {
  (void)device;
  nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

void device_light(struct device *device, uint32_t leds) {
  (void)device;
  (void)leds;
}

void device_see_led(struct device *device, unsigned led, bool on) {
  (void)device;
  (void)led;
  (void)on;
}

/* What ends a read here is the end of the pipe. */
void device_revoke(const struct device *device) {
  (void)device;
}

void device_close(const struct device *device) {
  close(device->fd);
}

const char *proxy_create(struct proxy *proxy, const char *name, const char *phys,
                         const struct capabilities *capabilities) {
  (void)phys;
  (void)capabilities;
  *proxy = (struct proxy){.uinput_fd = atoi(name), .node_fd = -1};
  return fcntl(proxy->uinput_fd, F_SETFL, O_NONBLOCK) < 0 ? "fcntl" : NULL;
}

const char *proxy_open_node(struct proxy *proxy, const char *path) {
  (void)proxy;
  (void)path;
  return NULL;
}

const char *proxy_adopt(const struct proxy *proxy, uint32_t *leds) {
  (void)proxy;
  *leds = 0;
  return NULL;
}

bool proxy_is_heard(const struct proxy *proxy) {
  struct pollfd reader = {.fd = proxy->uinput_fd};
  return poll(&reader, 1, 0) == 0;
}

void proxy_end_probe(const struct proxy *proxy) {
  (void)proxy;
}

void proxy_close(struct proxy *proxy) {
  close(proxy->uinput_fd);
}
