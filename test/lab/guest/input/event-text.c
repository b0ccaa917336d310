#include "event-text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event_name {
  uint16_t type;
  uint16_t code;
  const char *name;
};

/* Made by build.sh; of several names for one code the usual one comes last. */
static const struct event_name names[] = {
#include "event-names.h"
};

enum { NAME_COUNT = sizeof names / sizeof *names };

static const char key_values[] = "-+~";

static bool code_from_name(const char *name, struct input_event *event);
static bool to_number(const char *text, long least, long most, long *number);
static const char *name_of(const struct input_event *event);

bool event_from_word(const char *word, struct input_event *event) {
  size_t size = strlen(word);
  if (size < 2 || size >= WORD_ROOM) return false;
  *event = (struct input_event){0};
  char name[WORD_ROOM];
  memcpy(name, word, size + 1);
  char *equals = strchr(name, '=');
  if (equals != NULL) {
    long value;
    *equals = '\0';
    if (!to_number(equals + 1, INT32_MIN, INT32_MAX, &value)) return false;
    event->value = (int32_t)value;
    return code_from_name(name, event);
  }
  const char *sign = strchr(key_values, word[size - 1]);
  name[size - 1] = '\0';
  if (sign == NULL || !code_from_name(name, event) || event->type != EV_KEY) return false;
  event->value = (int32_t)(sign - key_values);
  return true;
}

static bool code_from_name(const char *name, struct input_event *event) {
  for (size_t i = 0; i < NAME_COUNT; i++) {
    if (strcmp(names[i].name, name) != 0) continue;
    event->type = names[i].type;
    event->code = names[i].code;
    return true;
  }
  char type_text[WORD_ROOM];
  const char *colon = strchr(name, ':');
  if (colon == NULL) return false;
  snprintf(type_text, sizeof type_text, "%.*s", (int)(colon - name), name);
  long type;
  long code;
  if (!to_number(type_text, 0, EV_MAX, &type) || !to_number(colon + 1, 0, UINT16_MAX, &code)) {
    return false;
  }
  event->type = (uint16_t)type;
  event->code = (uint16_t)code;
  return true;
}

static bool to_number(const char *text, long least, long most, long *number) {
  char *end;
  *number = strtol(text, &end, 10);
  return end != text && *end == '\0' && *number >= least && *number <= most;
}

void word_from_event(const struct input_event *event, char word[WORD_ROOM]) {
  const char *name = name_of(event);
  if (name == NULL) {
    snprintf(word, WORD_ROOM, "%u:%u=%d", event->type, event->code, event->value);
  } else if (event->type == EV_KEY && event->value >= 0 && event->value <= 2) {
    snprintf(word, WORD_ROOM, "%s%c", name, key_values[event->value]);
  } else {
    snprintf(word, WORD_ROOM, "%s=%d", name, event->value);
  }
}

static const char *name_of(const struct input_event *event) {
  const char *name = NULL;
  for (size_t i = 0; i < NAME_COUNT; i++) {
    if (names[i].type == event->type && names[i].code == event->code) name = names[i].name;
  }
  return name;
}

int events_from_line(char **line, struct input_event *events, size_t room) {
  size_t count = 0;
  for (char *word; (word = strsep(line, " ")) != NULL;) {
    if (word[0] == '\0') continue;
    if (count == room || !event_from_word(word, &events[count])) {
      *line = word;
      return -1;
    }
    count++;
  }
  return (int)count;
}
