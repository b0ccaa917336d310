#include "proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/uinput.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "router.h"

static const char *set_up(int fd, const char *name, const char *phys,
                          const struct capabilities *capabilities);
static const char *set_bits(int fd, unsigned type, unsigned long request, const char *call,
                            const uint8_t *bits, unsigned count);
static const char *release_keys(const struct proxy *proxy);
static const char *end_touches(const struct proxy *proxy);

const char *proxy_create(struct proxy *proxy, const char *name, const char *phys,
                         const struct capabilities *capabilities) {
  int fd = open("/dev/uinput", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return "open";
  const char *failed = set_up(fd, name, phys, capabilities);
  if (failed != NULL) {
    int error = errno;
    close(fd);
    errno = error;
    return failed;
  }
  *proxy = (struct proxy){.uinput_fd = fd, .node_fd = -1};
  return NULL;
}

const char *proxy_folder(int uinput_fd, char *name, size_t size) {
  return ioctl(uinput_fd, UI_GET_SYSNAME(size), name) < 0 ? "UI_GET_SYSNAME" : NULL;
}

const char *proxy_open_node(struct proxy *proxy, const char *path) {
  int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) return "open";
  // Only its grab is of interest: nothing is to be queued for us.
  for (unsigned type = 0; type < EV_CNT; type++) {
    struct input_mask none = {.type = type};
    ioctl(fd, EVIOCSMASK, &none);
  }
  proxy->node_fd = fd;
  return NULL;
}

const char *proxy_adopt(const struct proxy *proxy, uint32_t *leds) {
  uint8_t bits[LED_CNT / 8] = {0};
  *leds = 0;
  // A process that was killed may have left it grabbed by a probe.
  proxy_end_probe(proxy);
  if (ioctl(proxy->node_fd, EVIOCGLED(sizeof bits), bits) < 0) return "EVIOCGLED";
  for (unsigned led = 0; led < LED_CNT; led++) *leds |= (uint32_t)has_bit(bits, led) << led;
  const char *failed = release_keys(proxy);
  return failed == NULL ? end_touches(proxy) : failed;
}

bool proxy_is_heard(const struct proxy *proxy) {
  if (proxy->node_fd < 0) return false;
  return TEMP_FAILURE_RETRY(ioctl(proxy->node_fd, EVIOCGRAB, 1)) < 0 && errno == EBUSY;
}

void proxy_end_probe(const struct proxy *proxy) {
  TEMP_FAILURE_RETRY(ioctl(proxy->node_fd, EVIOCGRAB, 0));
}

void proxy_close(struct proxy *proxy) {
  if (proxy->node_fd >= 0) close(proxy->node_fd);
  close(proxy->uinput_fd);
}

static const char *set_up(int fd, const char *name, const char *phys,
                          const struct capabilities *capabilities) {
  const struct {
    unsigned type;
    unsigned long request;
    const char *call;
    const uint8_t *bits;
    unsigned count;
  } parts[] = {
      {EV_KEY, UI_SET_KEYBIT, "UI_SET_KEYBIT", capabilities->keys, KEY_CNT},
      {EV_REL, UI_SET_RELBIT, "UI_SET_RELBIT", capabilities->relative, REL_CNT},
      {EV_ABS, UI_SET_ABSBIT, "UI_SET_ABSBIT", capabilities->absolute, ABS_CNT},
      {EV_MSC, UI_SET_MSCBIT, "UI_SET_MSCBIT", capabilities->misc, MSC_CNT},
      {EV_LED, UI_SET_LEDBIT, "UI_SET_LEDBIT", capabilities->leds, LED_CNT},
      {EV_SYN, UI_SET_PROPBIT, "UI_SET_PROPBIT", capabilities->properties, INPUT_PROP_CNT},
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    const char *failed = set_bits(fd, parts[i].type, parts[i].request, parts[i].call,
                                  parts[i].bits, parts[i].count);
    if (failed != NULL) return failed;
  }
  for (unsigned axis = 0; axis < ABS_CNT; axis++) {
    struct uinput_abs_setup setup = {.code = (uint16_t)axis, .absinfo = capabilities->axes[axis]};
    if (!has_bit(capabilities->absolute, axis)) continue;
    if (ioctl(fd, UI_ABS_SETUP, &setup) < 0) return "UI_ABS_SETUP";
  }
  struct uinput_setup setup = {.id = capabilities->id};
  setup.id.bustype = BUS_VIRTUAL;
  strncpy(setup.name, name, sizeof setup.name - 1);
  if (ioctl(fd, UI_SET_PHYS, phys) < 0) return "UI_SET_PHYS";
  if (ioctl(fd, UI_DEV_SETUP, &setup) < 0) return "UI_DEV_SETUP";
  return ioctl(fd, UI_DEV_CREATE) < 0 ? "UI_DEV_CREATE" : NULL;
}

static const char *set_bits(int fd, unsigned type, unsigned long request, const char *call,
                            const uint8_t *bits, unsigned count) {
  bool typed = false;
  for (unsigned bit = 0; bit < count; bit++) {
    if (!has_bit(bits, bit)) continue;
    if (!typed && ioctl(fd, UI_SET_EVBIT, type) < 0) return "UI_SET_EVBIT";
    typed = true;
    if (ioctl(fd, request, bit) < 0) return call;
  }
  return NULL;
}

static const char *release_keys(const struct proxy *proxy) {
  key_set down = {0};
  if (ioctl(proxy->node_fd, EVIOCGKEY(sizeof down), down) < 0) return "EVIOCGKEY";
  struct input_event events[2] = {{.type = EV_KEY}, {.type = EV_SYN, .code = SYN_REPORT}};
  for (unsigned key = next_key(down, 0); key < KEY_CNT; key = next_key(down, key + 1)) {
    events[0].code = (uint16_t)key;
    if (write(proxy->uinput_fd, events, sizeof events) < 0) return "write";
  }
  return NULL;
}

static const char *end_touches(const struct proxy *proxy) {
  // As EVIOCGMTSLOTS has it: what is asked for, then a value for each slot.
  int32_t touches[1 + TOUCH_SLOTS] = {ABS_MT_TRACKING_ID};
  struct input_event events[3] = {{.type = EV_ABS, .code = ABS_MT_SLOT},
                                  {.type = EV_ABS, .code = ABS_MT_TRACKING_ID, .value = -1},
                                  {.type = EV_SYN, .code = SYN_REPORT}};
  for (int slot = 0; slot < TOUCH_SLOTS; slot++) touches[1 + slot] = -1;
  // Most have none to tell of.
  if (ioctl(proxy->node_fd, EVIOCGMTSLOTS(sizeof touches), touches) < 0) return NULL;
  for (int slot = 0; slot < TOUCH_SLOTS; slot++) {
    if (touches[1 + slot] < 0) continue;
    events[0].value = slot;
    if (write(proxy->uinput_fd, events, sizeof events) < 0) return "write";
  }
  return NULL;
}
