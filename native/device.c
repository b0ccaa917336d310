#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { READ_EVENTS = 64 };

static const char *open_for_host(struct device *device, const char *path);
static const char *admit(struct device *device, key_set down);
static int note_host(const struct device *device, key_set down, int64_t *since);
static void listen_to(const struct device *device, bool all);
static uint32_t leds_from(const uint8_t bits[LED_CNT / 8]);
static void write_leds(const struct device *device, uint32_t leds);
static int ask(int fd, unsigned long request, void *argument);

const char *device_open(struct device *device, const char *path, key_set down) {
  // What was named by mistake must not hold us up, nor a terminal become the service's own.
  int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return "open";
  *device = (struct device){.fd = fd, .host_fd = -1};
  const char *failed = admit(device, down);
  if (failed == NULL) failed = open_for_host(device, path);
  if (failed == NULL && fcntl(fd, F_SETFL, 0) < 0) failed = "fcntl";
  if (failed == NULL) return NULL;
  int error = errno;
  device_close(device);
  errno = error;
  return failed;
}

void device_close(const struct device *device) {
  if (device->host_fd >= 0) close(device->host_fd);
  close(device->fd);
}

int device_keys(struct device *device, key_set down) {
  memset(down, 0, sizeof(key_set));
  int error = ask(device->fd, EVIOCGKEY(sizeof(key_set)), down);
  device->looked = monotonic_now();
  return error;
}

unsigned device_touch_slot(const struct device *device) {
  struct input_absinfo slot = {0};
  return ask(device->fd, EVIOCGABS(ABS_MT_SLOT), &slot) == 0 ? (unsigned)slot.value : 0;
}

int device_host_keys(const struct device *device, key_set down) {
  int64_t since;
  memset(down, 0, sizeof(key_set));
  int error = note_host(device, down, &since);
  return error > 0 ? error : ask(device->host_fd, EVIOCGKEY(sizeof(key_set)), down);
}

int device_grab(struct device *device, struct start *start) {
  key_set down = {0};
  uint8_t leds[LED_CNT / 8] = {0};
  // Before it, so that no motion is nobody's.
  listen_to(device, true);
  int error = ask(device->fd, EVIOCGRAB, (void *)1);
  if (error != 0) {
    listen_to(device, false);
    return error;
  }
  error = ask(device->fd, EVIOCGLED(sizeof leds), leds);
  device->host_leds = device->lit = leds_from(leds);
  start->touch_slot = device_touch_slot(device);
  if (error == 0) error = note_host(device, down, &start->since);
  // It went down just before; the host is to see it go up.
  if (error == 0 && !has_no_key(down)) return KEY_IS_DOWN;
  if (error > 0) {
    ask(device->fd, EVIOCGRAB, NULL);
    listen_to(device, false);
  }
  return error;
}

void device_ungrab(const struct device *device) {
  ask(device->fd, EVIOCGRAB, NULL);
  listen_to(device, false);
  // After it, since the kernel's console then lights what it thinks right (kbd_start in keyboard.c).
  write_leds(device, device->host_leds);
}

void device_light(struct device *device, uint32_t leds) {
  device->lit = leds;
  write_leds(device, leds);
}

void device_see_led(struct device *device, unsigned led, bool on) {
  uint32_t bit = UINT32_C(1) << led;
  // What we have lit ourselves comes back to us as well.
  if (led >= LED_CNT || ((device->lit & bit) != 0) == on) return;
  device->host_leds = on ? device->host_leds | bit : device->host_leds & ~bit;
  write_leds(device, device->lit);
}

void device_revoke(const struct device *device) {
  ask(device->fd, EVIOCREVOKE, NULL);
}

static const char *admit(struct device *device, key_set down) {
  int version;
  int clock = CLOCK_MONOTONIC;
  struct capabilities capabilities;
  if (ioctl(device->fd, EVIOCGVERSION, &version) < 0) return "EVIOCGVERSION";
  if (ioctl(device->fd, EVIOCSCLOCKID, &clock) < 0) return "EVIOCSCLOCKID";
  const char *failed = capabilities_of(device->fd, &capabilities);
  if (failed != NULL) return failed;
  device->sends = sends_of(&capabilities);
  device->leds = leds_from(capabilities.leds);
  listen_to(device, false);
  errno = device_keys(device, down);
  return errno == 0 ? NULL : "EVIOCGKEY";
}

static const char *open_for_host(struct device *device, const char *path) {
  int clock = CLOCK_MONOTONIC;
  device->host_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (device->host_fd < 0) return "open";
  if (ioctl(device->host_fd, EVIOCSCLOCKID, &clock) < 0) return "EVIOCSCLOCKID";
  for (unsigned type = EV_KEY + 1; type < EV_CNT; type++) {
    struct input_mask none = {.type = type};
    ioctl(device->host_fd, EVIOCSMASK, &none);
  }
  return NULL;
}

/* Takes in what the host has seen since the last time. KEY_IS_DOWN: too much of it to know. */
static int note_host(const struct device *device, key_set down, int64_t *since) {
  struct input_event events[READ_EVENTS];
  int error = 0;
  for (;;) {
    ssize_t bytes = TEMP_FAILURE_RETRY(read(device->host_fd, events, sizeof events));
    if (bytes < 0 && errno == EAGAIN) return error;
    if (bytes <= 0) return bytes < 0 ? errno : ENODEV;
    for (ssize_t i = 0; i < bytes / (ssize_t)sizeof *events; i++) {
      *since = event_time(&events[i]) + 1;
      if (events[i].type == EV_SYN && events[i].code == SYN_DROPPED) error = KEY_IS_DOWN;
      if (events[i].type != EV_KEY || events[i].code >= KEY_CNT) continue;
      put_key(down, events[i].code, events[i].value != 0);
    }
  }
}

/*
 * While the host has it only its keys matter, for chords: then motion is not even put into our queue,
 * nor are we woken for it. A kernel that cannot do that (before 4.4) only makes more work.
 */
static void listen_to(const struct device *device, bool all) {
  static const uint32_t types[] = {EV_REL, EV_ABS, EV_MSC};
  uint64_t codes = all ? UINT64_MAX : 0;
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    struct input_mask mask = {
        .type = types[i], .codes_size = sizeof codes, .codes_ptr = (uintptr_t)&codes};
    ask(device->fd, EVIOCSMASK, &mask);
  }
}

static uint32_t leds_from(const uint8_t bits[LED_CNT / 8]) {
  uint32_t leds = 0;
  for (unsigned led = 0; led < LED_CNT; led++) leds |= (uint32_t)has_bit(bits, led) << led;
  return leds;
}

static void write_leds(const struct device *device, uint32_t leds) {
  struct input_event events[LED_CNT + 1] = {0};
  size_t count = 0;
  for (unsigned led = 0; led < LED_CNT; led++) {
    if (!(device->leds >> led & 1)) continue;
    events[count++] =
        (struct input_event){.type = EV_LED, .code = (uint16_t)led, .value = leds >> led & 1};
  }
  if (count == 0) return;
  events[count++] = (struct input_event){.type = EV_SYN, .code = SYN_REPORT};
  // A device that has gone meanwhile is told by reading it.
  if (write(device->fd, events, count * sizeof *events) < 0) return;
}

/* An errno, or 0. A signal can end the kernel's wait for the device. */
static int ask(int fd, unsigned long request, void *argument) {
  return TEMP_FAILURE_RETRY(ioctl(fd, request, argument)) < 0 ? errno : 0;
}
