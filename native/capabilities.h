#pragma once

/* What an event device can send and show: as the kernel tells it, and as a proxy is made from. */

#include <linux/input.h>
#include <stdbool.h>
#include <stdint.h>

#include "keys.h"

/* The layout is kept in files; a change of it needs another version. */
enum { CAPABILITIES_VERSION = 1 };

struct capabilities {
  uint32_t version;
  struct input_id id;
  uint8_t properties[INPUT_PROP_CNT / 8];
  uint8_t keys[KEY_CNT / 8];
  uint8_t relative[REL_CNT / 8];
  uint8_t absolute[ABS_CNT / 8];
  uint8_t misc[MSC_CNT / 8];
  uint8_t leds[LED_CNT / 8];
  struct input_absinfo axes[ABS_CNT];
};

/* Reads those of an open event device. Returns the name of the call that failed, or NULL. */
const char *capabilities_of(int fd, struct capabilities *capabilities);

/* A keyboard with every key there is and the usual LEDs. */
void capabilities_of_keyboard(struct capabilities *capabilities);

/* A mouse with every button, and wheels of both resolutions. */
void capabilities_of_pointer(struct capabilities *capabilities);

/* SENDS_KEYS and SENDS_POINTER of router.h. */
unsigned sends_of(const struct capabilities *capabilities);

/* Buttons of mice and the like, which keyboards' keys surround (linux/input-event-codes.h). */
bool is_button(unsigned key);

bool has_bit(const uint8_t *bits, unsigned bit);
