/*
 * Event text in, event text out, for native/chords.c. Keys are letters. A line is
 *
 *   add 0 a b              device 0 arrives with a and b down
 *   remove 0
 *   table 0=0 1=0 7@0:a+b  routes (device=seat), then chords (id@seat:keys)
 *   0: a+ syn b- a~ syn    one read of device 0: a down, b up, a repeated, ends of reports
 *   0: dropped syn | a     with an overflow; after the bar, the keys down at the read's end
 *
 * Each line that it answers has its own: `fire 7@0`, `repair 0`.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../native/chords.h"

static struct chords chords;

static void put(key_set set, char key) {
  set[key / KEY_SET_BITS] |= 1UL << key % KEY_SET_BITS;
}

static void print_fired(const struct chord *const *fired, size_t count) {
  for (size_t i = 0; i < count; i++) printf("fire %u@%u\n", fired[i]->id, fired[i]->seat);
}

static void add(unsigned slot) {
  key_set down = {0};
  for (char *word; (word = strtok(NULL, " ")) != NULL;) put(down, *word);
  chords_add(&chords, slot, down);
}

static void apply(void) {
  int8_t seats[LIMIT_DEVICES];
  memset(seats, NO_SEAT, sizeof seats);
  struct chord_list list = {0};
  for (char *word; (word = strtok(NULL, " ")) != NULL;) {
    unsigned device;
    unsigned seat;
    if (sscanf(word, "%u=%u", &device, &seat) == 2) {
      seats[device] = (int8_t)seat;
      continue;
    }
    struct chord *chord = &list.chords[list.count++];
    sscanf(word, "%u@%u", &chord->id, &chord->seat);
    for (char *key = strchr(word, ':'); key != NULL; key = strchr(key + 1, '+')) {
      chord->keys[chord->key_count++] = (uint16_t)key[1];
    }
  }
  chords_apply(&chords, seats, &list);
}

static struct input_event event_of(const char *word) {
  if (strcmp(word, "syn") == 0) return (struct input_event){.type = EV_SYN, .code = SYN_REPORT};
  if (strcmp(word, "dropped") == 0) {
    return (struct input_event){.type = EV_SYN, .code = SYN_DROPPED};
  }
  int value = word[1] == '+' ? 1 : word[1] == '-' ? 0 : 2;
  return (struct input_event){.type = EV_KEY, .code = (uint16_t)word[0], .value = value};
}

static void read_device(unsigned slot) {
  const struct chord *fired[LIMIT_CHORDS];
  key_set down = {0};
  char *word;
  while ((word = strtok(NULL, " ")) != NULL && *word != '|') {
    struct input_event event = event_of(word);
    print_fired(fired, chords_feed(&chords, slot, &event, fired));
  }
  while (word != NULL && (word = strtok(NULL, " ")) != NULL) put(down, *word);
  if (!chords_need_repair(&chords, slot)) return;
  printf("repair %u\n", slot);
  print_fired(fired, chords_repair(&chords, slot, down, fired));
}

int main(void) {
  char line[4096];
  chords_init(&chords);
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    char *word = strtok(line, " ");
    if (strcmp(word, "table") == 0) {
      apply();
    } else if (strcmp(word, "add") == 0) {
      add((unsigned)atoi(strtok(NULL, " ")));
    } else if (strcmp(word, "remove") == 0) {
      chords_remove(&chords, (unsigned)atoi(strtok(NULL, " ")));
    } else {
      read_device((unsigned)atoi(word));
    }
  }
}
