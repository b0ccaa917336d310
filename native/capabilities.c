#include "capabilities.h"

#include <string.h>
#include <sys/ioctl.h>

#include "router.h"

static void put_bit(uint8_t *bits, unsigned bit);

const char *capabilities_of(int fd, struct capabilities *capabilities) {
  memset(capabilities, 0, sizeof *capabilities);
  capabilities->version = CAPABILITIES_VERSION;
  if (ioctl(fd, EVIOCGID, &capabilities->id) < 0) return "EVIOCGID";
  if (ioctl(fd, EVIOCGPROP(sizeof capabilities->properties), capabilities->properties) < 0) {
    return "EVIOCGPROP";
  }
  const struct {
    unsigned type;
    size_t size;
    uint8_t *bits;
  } parts[] = {
      {EV_KEY, sizeof capabilities->keys, capabilities->keys},
      {EV_REL, sizeof capabilities->relative, capabilities->relative},
      {EV_ABS, sizeof capabilities->absolute, capabilities->absolute},
      {EV_MSC, sizeof capabilities->misc, capabilities->misc},
      {EV_LED, sizeof capabilities->leds, capabilities->leds},
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (ioctl(fd, EVIOCGBIT(parts[i].type, parts[i].size), parts[i].bits) < 0) return "EVIOCGBIT";
  }
  for (unsigned axis = 0; axis < ABS_CNT; axis++) {
    if (!has_bit(capabilities->absolute, axis)) continue;
    if (ioctl(fd, EVIOCGABS(axis), &capabilities->axes[axis]) < 0) return "EVIOCGABS";
    // Where it is now says nothing of what it can do.
    capabilities->axes[axis].value = 0;
  }
  return NULL;
}

void capabilities_of_keyboard(struct capabilities *capabilities) {
  memset(capabilities, 0, sizeof *capabilities);
  capabilities->version = CAPABILITIES_VERSION;
  for (unsigned key = KEY_ESC; key < KEY_CNT; key++) {
    if (!is_button(key)) put_bit(capabilities->keys, key);
  }
  for (unsigned led = LED_NUML; led <= LED_KANA; led++) put_bit(capabilities->leds, led);
}

void capabilities_of_pointer(struct capabilities *capabilities) {
  // The last three are never sent. With nine axes the kernel keeps 256 events for a reader that
  // stalls, and not 128 (evdev_compute_buffer_size in evdev.c, input_estimate_events_per_packet in
  // input.c). QEMU reads on after a loss as if there were none: a button would stay down for good.
  const unsigned axes[] = {REL_X,      REL_Y,
                           REL_WHEEL,  REL_WHEEL_HI_RES,
                           REL_HWHEEL, REL_HWHEEL_HI_RES,
                           REL_RX,     REL_RY,
                           REL_RZ};
  memset(capabilities, 0, sizeof *capabilities);
  capabilities->version = CAPABILITIES_VERSION;
  for (unsigned key = BTN_MOUSE; key < BTN_JOYSTICK; key++) put_bit(capabilities->keys, key);
  for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) put_bit(capabilities->relative, axes[i]);
}

unsigned sends_of(const struct capabilities *capabilities) {
  bool keys = false;
  for (unsigned key = KEY_ESC; key < KEY_CNT && !keys; key++) {
    keys = !is_button(key) && has_bit(capabilities->keys, key);
  }
  bool pointer = has_bit(capabilities->relative, REL_X) || has_bit(capabilities->keys, BTN_LEFT);
  return (keys ? SENDS_KEYS : 0) | (pointer ? SENDS_POINTER : 0);
}

bool is_button(unsigned key) {
  return (key >= BTN_MISC && key < KEY_OK) || (key >= BTN_DPAD_UP && key <= BTN_DPAD_RIGHT) ||
         key >= BTN_TRIGGER_HAPPY;
}

bool has_bit(const uint8_t *bits, unsigned bit) {
  return bits[bit / 8] >> bit % 8 & 1;
}

static void put_bit(uint8_t *bits, unsigned bit) {
  bits[bit / 8] |= (uint8_t)(1 << bit % 8);
}
