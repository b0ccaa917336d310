#pragma once

/*
 * Text for chords and events, as the harnesses read it.
 *
 *   7@0:a+b,hold=500,to=0/1,swallow   chord 7 of seat 0: its keys, then its rules; also tap and panic
 *   a+ a- a~ left+                    a key down, up, repeated
 *   x=-3 wheel=1 hires=120            axes, by the names below
 *   syn dropped                       the end of a report, an overflow
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../native/chords.h"

enum { MS = 1000 * 1000 };

static const struct {
  const char *name;
  uint16_t code;
} button_names[] = {{"left", BTN_LEFT}, {"right", BTN_RIGHT}, {"touching", BTN_TOUCH}};

static const struct {
  const char *name;
  uint16_t type;
  uint16_t code;
} axis_names[] = {
    {"x", EV_REL, REL_X},
    {"y", EV_REL, REL_Y},
    {"wheel", EV_REL, REL_WHEEL},
    {"hires", EV_REL, REL_WHEEL_HI_RES},
    {"absx", EV_ABS, ABS_X},
    {"slot", EV_ABS, ABS_MT_SLOT},
    {"touch", EV_ABS, ABS_MT_TRACKING_ID},
    {"scan", EV_MSC, MSC_SCAN},
};

enum {
  BUTTON_NAMES = sizeof button_names / sizeof *button_names,
  AXIS_NAMES = sizeof axis_names / sizeof *axis_names,
};

/* Keys are letters, whose ASCII codes are those of some keys; buttons have names. */
static inline uint16_t key_of(const char *name, size_t length) {
  for (unsigned i = 0; i < BUTTON_NAMES; i++) {
    if (strncmp(name, button_names[i].name, length) == 0 && length > 1) return button_names[i].code;
  }
  return (uint16_t)*name;
}

/* Appends a word to `text`, which must have room. */
static inline void append_event(char *text, const struct input_event *event) {
  char *end = text + strlen(text);
  for (unsigned i = 0; i < AXIS_NAMES; i++) {
    if (axis_names[i].type != event->type || axis_names[i].code != event->code) continue;
    sprintf(end, " %s=%d", axis_names[i].name, event->value);
  }
  if (event->type != EV_KEY) return;
  char sign = "-+~"[event->value];
  if (event->code < BTN_MISC) sprintf(end, " %c%c", event->code, sign);
  for (unsigned i = 0; i < BUTTON_NAMES; i++) {
    if (button_names[i].code == event->code) sprintf(end, " %s%c", button_names[i].name, sign);
  }
}

static inline struct input_event event_of(const char *word, int64_t time) {
  struct input_event event = {.input_event_sec = time / (1000 * MS),
                              .input_event_usec = time / 1000 % MS};
  const char *equals = strchr(word, '=');
  if (strcmp(word, "syn") == 0) {
    event.code = SYN_REPORT;
  } else if (strcmp(word, "dropped") == 0) {
    event.code = SYN_DROPPED;
  } else if (equals != NULL) {
    for (unsigned i = 0; i < AXIS_NAMES; i++) {
      if (strncmp(word, axis_names[i].name, (size_t)(equals - word)) != 0) continue;
      event.type = axis_names[i].type;
      event.code = axis_names[i].code;
      break;
    }
    event.value = atoi(equals + 1);
  } else {
    size_t length = strlen(word) - 1;
    event.type = EV_KEY;
    event.code = key_of(word, length);
    event.value = word[length] == '+' ? 1 : word[length] == '-' ? 0 : KEY_REPEAT;
  }
  return event;
}

static inline struct chord chord_of(char *word) {
  struct chord chord = {0};
  char *rest;
  const char *keys = strtok_r(strchr(word, ':') + 1, ",", &rest);
  sscanf(word, "%u@%u", &chord.id, &chord.seat);
  for (; keys != NULL; keys = strchr(keys, '+'), keys = keys == NULL ? NULL : keys + 1) {
    chord.keys[chord.key_count++] = key_of(keys, strcspn(keys, "+"));
  }
  for (const char *rule; (rule = strtok_r(NULL, ",", &rest)) != NULL;) {
    chord.tapped |= strcmp(rule, "tap") == 0;
    chord.swallow |= strcmp(rule, "swallow") == 0;
    chord.panic |= strcmp(rule, "panic") == 0;
    if (strncmp(rule, "hold=", 5) == 0) chord.hold = (int64_t)atoi(rule + 5) * MS;
    if (strncmp(rule, "to=", 3) != 0) continue;
    for (const char *to = rule + 2; to != NULL; to = strchr(to + 1, '/')) {
      chord.targets[chord.target_count++] = (uint8_t)atoi(to + 1);
    }
  }
  return chord;
}
