/*
 * Event text in, event text out, for native/chords.c; words as in chords-text.h. A line is
 *
 *   reset
 *   add 0 a b              device 0 arrives with a and b down
 *   remove 0
 *   table 0=0 1=0 7@0:a+b  routes (device=seat), then chords
 *   0: a+ syn @20 b- syn   one read of device 0; after @20, events are stamped 20 ms
 *   0: dropped syn | a     with an overflow; after the bar, the keys down at the read's end
 *   tear 0                 an overflow that no event tells of
 *   tick @500
 *   deadline
 *
 * It answers with lines such as `fire 7@0`, `repair 0` and `due 500`, and ends each answer with a dot.
 */

#include "chords-text.h"

static struct chords chords;
static int64_t now;

static void print_fired(const struct chord *const *fired, size_t count) {
  for (size_t i = 0; i < count; i++) printf("fire %u@%u\n", fired[i]->id, fired[i]->seat);
}

/* The word's, where it is a time. */
static bool set_time(const char *word) {
  if (*word != '@') return false;
  now = (int64_t)atoi(word + 1) * MS;
  return true;
}

static void add(unsigned slot) {
  key_set down = {0};
  for (char *word; (word = strtok(NULL, " ")) != NULL;) put_key(down, key_of(word, 1), true);
  chords_add(&chords, slot, down);
}

static void apply(void) {
  int8_t seats[LIMIT_DEVICES];
  memset(seats, NO_SEAT, sizeof seats);
  struct chord_list list = {0};
  for (char *word; (word = strtok(NULL, " ")) != NULL;) {
    unsigned device;
    unsigned seat;
    if (strchr(word, ':') != NULL) {
      list.chords[list.count++] = chord_of(word);
    } else if (sscanf(word, "%u=%u", &device, &seat) == 2) {
      seats[device] = (int8_t)seat;
    }
  }
  chords_apply(&chords, seats, &list);
}

static void read_device(unsigned slot) {
  const struct chord *fired[LIMIT_CHORDS];
  key_set down = {0};
  char *word;
  while ((word = strtok(NULL, " ")) != NULL && *word != '|') {
    if (set_time(word)) continue;
    struct input_event event = event_of(word, now);
    print_fired(fired, chords_feed(&chords, slot, &event, fired));
  }
  while (word != NULL && (word = strtok(NULL, " ")) != NULL) put_key(down, key_of(word, 1), true);
  if (chords.torn == 0) return;
  printf("repair %u\n", (unsigned)__builtin_ctzll(chords.torn));
  print_fired(fired, chords_repair(&chords, slot, down, now, fired));
}

static void tick(void) {
  const struct chord *fired[LIMIT_CHORDS];
  set_time(strtok(NULL, " "));
  print_fired(fired, chords_tick(&chords, now, fired));
}

static void reset(void) {
  chords_init(&chords);
  now = MS;
}

static void obey(const char *word) {
  if (strcmp(word, "reset") == 0) return reset();
  if (strcmp(word, "table") == 0) return apply();
  if (strcmp(word, "tick") == 0) return tick();
  if (word[strlen(word) - 1] == ':') return read_device((unsigned)atoi(word));
  if (strcmp(word, "deadline") == 0) {
    printf("due %ld\n", (long)(chords.deadline / MS));
    return;
  }
  unsigned slot = (unsigned)atoi(strtok(NULL, " "));
  if (strcmp(word, "add") == 0) return add(slot);
  if (strcmp(word, "remove") == 0) return chords_remove(&chords, slot);
  if (strcmp(word, "tear") == 0) return chords_tear(&chords, slot);
}

int main(void) {
  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    obey(strtok(line, " "));
    puts(".");
    fflush(stdout);
  }
}
