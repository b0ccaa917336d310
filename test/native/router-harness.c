/*
 * Event text in, event text out, for native/router.c; words as in chords-text.h. Sinks are k0 p0 (the
 * host's), k1 p1 (of target 1) and so on, and c0 c1 for clones. A line takes a millisecond and is
 *
 *   reset
 *   add 0 keyboard a       a source (keyboard, mouse, combo, touchpad) with a down
 *   remove 0
 *   table 0=0 0@1=c0 t1=k1/p1 s0=swallow+direct 7@0:a+b,to=0/1
 *                          routes (source=seat), clones (source@target), sinks, rules, chords
 *   0: a+ syn @20 a- syn   one read of source 0; after @20, events are stamped 20 ms
 *   0: dropped syn | a     after the bar, the keys that are really down, whatever was read
 *   move 0 1, move 0 1 @3  seat to target, in this turn or in turn 3
 *   lose 1                 the domain of a target has ended
 *   led k1 capsl on
 *   busy 0 on              somebody else has grabbed the source
 *   slow 0 on              the kernel has not done with giving the source back
 *   deaf k1 on             nobody has grabbed the proxy
 *   room k1 3, room k1 all how many events may be written to it before it says EAGAIN
 *   tick @500
 *   trial @900             when the trial ends
 *   deadline
 *
 * Each answer ends with a dot.
 */

#include <assert.h>
#include <errno.h>

#include "../../native/capabilities.h"
#include "../../native/router.h"
#include "chords-text.h"

enum { CLONES = 40, UNLIMITED = 1 << 20, TAKEN = 16 * 1024 };

static struct router router;
static int64_t now;
/* Seats that sources have had, by bits: of the others nothing is told. */
static unsigned seats;

/* What is true of the devices, which the router learns by events and ports. */
static struct {
  bool there;
  bool busy;
  bool slow;
  unsigned touch_slot;
  key_set down;
} sources[LIMIT_DEVICES];

static struct {
  bool deaf;
  size_t room;
  char taken[TAKEN];
} sinks[LIMIT_SINKS];

static const char *const led_names[] = {"numl", "capsl", "scrolll"};
static const char *const why_names[] = {"asked", "chord", "panic", "death", "deaf", "trial"};

static unsigned number(const char *word) { return (unsigned)atoi(word); }

static bool is_on(const char *word) { return strcmp(word, "on") == 0; }

static unsigned sink_named(const char *name) {
  if (*name == '-') return 0;
  return *name == 'c' ? CLONES + number(name + 1) : (*name == 'k' ? 1 : 2) + 2 * number(name + 1);
}

static void print_sink(unsigned sink) {
  if (sink >= CLONES) printf("c%u:", sink - CLONES);
  else printf("%c%u:", sink % 2 == 1 ? 'k' : 'p', (sink - 1) / 2);
}

static int grab(void *context, unsigned slot, struct start *start) {
  (void)context;
  // What is left of the read that is being fed has happened before.
  *start = (struct start){.since = now + 1, .touch_slot = sources[slot].touch_slot};
  if (sources[slot].busy) return EBUSY;
  if (!has_no_key(sources[slot].down)) return KEY_IS_DOWN;
  printf("grab %u\n", slot);
  return 0;
}

static void ungrab(void *context, unsigned slot) {
  (void)context;
  printf("ungrab %u\n", slot);
}

static bool is_free(void *context, unsigned slot) {
  (void)context;
  return !sources[slot].slow;
}

static void light(void *context, unsigned slot, uint32_t leds) {
  (void)context;
  printf("light %u", slot);
  for (unsigned led = 0; led < 3; led++) {
    if (leds >> led & 1) printf(" %s", led_names[led]);
  }
  printf("\n");
}

static bool listens(void *context, unsigned sink) {
  (void)context;
  return !sinks[sink].deaf;
}

static void chord_fired(void *context, const struct chord *chord, unsigned to) {
  (void)context;
  printf("chord %u to %u\n", chord->id, to);
}

static void moved(void *context, unsigned seat, unsigned owner, uint32_t turn, enum why why) {
  (void)context;
  if (!(seats >> seat & 1)) return;
  printf("moved %u to %u in %u: %s\n", seat, owner, turn, why_names[why]);
}

static void refused(void *context, unsigned seat, unsigned to, unsigned slot, int reason) {
  (void)context;
  printf("refused %u to %u: ", seat, to);
  if (slot != LIMIT_DEVICES) printf("%u ", slot);
  puts(reason == EBUSY ? "busy" : reason == NOBODY_LISTENS ? "deaf" : "unknown");
}

static void panicked(void *context) {
  (void)context;
  puts("panic");
}

static void reset(void) {
  const struct router_ports ports = {NULL, grab, ungrab, is_free, light, listens,
                                     chord_fired, moved, refused, panicked};
  router_init(&router, &ports);
  memset(sources, 0, sizeof sources);
  memset(sinks, 0, sizeof sinks);
  for (unsigned sink = 0; sink < LIMIT_SINKS; sink++) sinks[sink].room = UNLIMITED;
  now = MS;
  seats = 0;
}

static unsigned sends_named(const char *name) {
  struct capabilities of_keyboard;
  struct capabilities of_pointer;
  struct capabilities of_touchpad = {.keys[BTN_LEFT / 8] = 1 << BTN_LEFT % 8};
  capabilities_of_keyboard(&of_keyboard);
  capabilities_of_pointer(&of_pointer);
  unsigned keys = sends_of(&of_keyboard);
  unsigned pointer = sends_of(&of_pointer);
  if (*name == 't') return sends_of(&of_touchpad);
  return *name == 'k' ? keys : *name == 'm' ? pointer : keys | pointer;
}

/* The rest of the line is the keys that are down. */
static void put_down(unsigned slot) {
  memset(sources[slot].down, 0, sizeof(key_set));
  for (char *word; (word = strtok(NULL, " ")) != NULL;) {
    put_key(sources[slot].down, key_of(word, strlen(word)), true);
  }
}

static void add(unsigned slot) {
  unsigned sends = sends_named(strtok(NULL, " "));
  put_down(slot);
  sources[slot].there = true;
  router_add(&router, slot, sends, sources[slot].down);
}

static void remove_source(unsigned slot) {
  sources[slot].there = false;
  router_remove(&router, slot);
}

static void apply(void) {
  struct router_table table = {0};
  memset(table.seats, NO_SEAT, sizeof table.seats);
  for (char *word; (word = strtok(NULL, " ")) != NULL;) {
    char *value = strchr(word, '=') + 1;
    unsigned slot;
    unsigned target;
    if (strchr(word, ':') != NULL) {
      table.list.chords[table.list.count++] = chord_of(word);
    } else if (*word == 't') {
      table.targets[number(word + 1)].keyboard = (uint8_t)sink_named(value);
      table.targets[number(word + 1)].pointer = (uint8_t)sink_named(strchr(value, '/') + 1);
    } else if (*word == 's') {
      table.rules[number(word + 1)].swallow = strstr(value, "swallow") != NULL;
      table.rules[number(word + 1)].direct = strstr(value, "direct") != NULL;
    } else if (sscanf(word, "%u@%u", &slot, &target) == 2) {
      table.clones[slot][target] = (uint8_t)sink_named(value);
    } else if (sources[number(word)].there) {
      table.seats[number(word)] = (int8_t)number(value);
      seats |= 1U << number(value);
    }
  }
  router_apply(&router, &table);
}

static void move(void) {
  unsigned seat = number(strtok(NULL, " "));
  unsigned to = number(strtok(NULL, " "));
  const char *turn = strtok(NULL, " ");
  uint32_t in = turn == NULL ? router.seats[seat].turn : number(turn + 1);
  if (!router_move(&router, seat, to, in)) puts("stale");
}

static void read_source(unsigned slot) {
  static struct input_event events[4096];
  size_t count = 0;
  char *word;
  while ((word = strtok(NULL, " ")) != NULL && *word != '|') {
    if (*word == '@') {
      now = (int64_t)number(word + 1) * MS;
      continue;
    }
    events[count] = event_of(word, now);
    if (events[count].type == EV_ABS && events[count].code == ABS_MT_SLOT) {
      sources[slot].touch_slot = (unsigned)events[count].value;
    }
    if (events[count].type == EV_KEY) {
      put_key(sources[slot].down, events[count].code, events[count].value != 0);
    }
    count += 1;
  }
  if (word != NULL) put_down(slot);
  for (size_t i = 0; i < count; i++) router_feed(&router, slot, &events[i]);
}

static void repair_torn(void) {
  while (router.chords.torn != 0) {
    unsigned slot = (unsigned)__builtin_ctzll(router.chords.torn);
    router_repair(&router, slot, sources[slot].down, sources[slot].touch_slot, now);
  }
}

static void flush_sink(unsigned sink) {
  const struct outbox *outbox = &router.sinks[sink].outbox;
  while (outbox->whole > 0 && sinks[sink].room > 0) {
    size_t count = outbox->whole < sinks[sink].room ? outbox->whole : sinks[sink].room;
    if (sinks[sink].room != UNLIMITED) sinks[sink].room -= count;
    for (size_t i = 0; i < count; i++) {
      append_event(sinks[sink].taken, &outbox->events[i]);
      if (outbox->events[i].type != EV_SYN) continue;
      print_sink(sink);
      puts(sinks[sink].taken);
      *sinks[sink].taken = '\0';
    }
    router_written(&router, sink, count);
  }
}

static void set_room(void) {
  unsigned sink = sink_named(strtok(NULL, " "));
  const char *room = strtok(NULL, " ");
  sinks[sink].room = *room == 'a' ? UNLIMITED : number(room);
}

static int64_t time_named(const char *word) { return (int64_t)number(word + 1) * MS; }

static void obey(const char *word) {
  if (strcmp(word, "reset") == 0) return reset();
  if (strcmp(word, "table") == 0) return apply();
  if (strcmp(word, "move") == 0) return move();
  if (strcmp(word, "room") == 0) return set_room();
  if (word[strlen(word) - 1] == ':') return read_source(number(word));
  if (strcmp(word, "deadline") == 0) {
    printf("due %ld\n", (long)(router_deadline(&router) / MS));
    return;
  }
  const char *what = strtok(NULL, " ");
  if (strcmp(word, "add") == 0) return add(number(what));
  if (strcmp(word, "remove") == 0) return remove_source(number(what));
  if (strcmp(word, "lose") == 0) return router_lose(&router, number(what));
  if (strcmp(word, "tick") == 0) return router_tick(&router, now = time_named(what));
  if (strcmp(word, "trial") == 0) {
    router.trial_end = time_named(what);
  } else if (strcmp(word, "slow") == 0) {
    sources[number(what)].slow = is_on(strtok(NULL, " "));
    if (!sources[number(what)].slow) router_freed(&router, number(what));
  } else if (strcmp(word, "busy") == 0) {
    sources[number(what)].busy = is_on(strtok(NULL, " "));
  } else if (strcmp(word, "deaf") == 0) {
    sinks[sink_named(what)].deaf = is_on(strtok(NULL, " "));
  } else if (strcmp(word, "led") == 0) {
    const char *name = strtok(NULL, " ");
    for (unsigned led = 0; led < 3; led++) {
      if (strcmp(name, led_names[led]) != 0) continue;
      return router_led(&router, sink_named(what), led, is_on(strtok(NULL, " ")));
    }
  }
}

int main(void) {
  static char line[64 * 1024];
  reset();
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    now += MS;
    obey(strtok(line, " "));
    repair_torn();
    for (unsigned sink = 1; sink < LIMIT_SINKS; sink++) {
      flush_sink(sink);
      // Else its outbox would wait for ever, or the switchboard would write nothing again and again.
      assert((router.dirty >> sink & 1) == (router.sinks[sink].outbox.whole > 0));
    }
    puts(".");
    fflush(stdout);
  }
}
