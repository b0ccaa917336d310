#include "render-change.h"

#include "render-words.h"

/* What can be said of one thing: `seat desk`, `with win10`. */
struct fact {
  const char *key;
  const char *value;
  struct fact *next;
};

struct facts {
  struct arena *arena;
  struct fact *first;
  struct fact *last;
};

typedef void (*add_facts)(struct facts *facts, struct json element);

static void add_seat(struct facts *facts, struct json seat);
static void add_devices(struct facts *facts, struct json seat);
static void add_domain(struct facts *facts, struct json domain);
static void add_looking_glass(struct facts *facts, struct json file);
static void add_guest(struct facts *facts, struct json guest);
static bool is_first_of_its_selector(struct arena *arena, struct json devices, struct json device);
static const char *devices_text(struct arena *arena, struct json devices, struct json named);
static bool is_same_selector(struct arena *arena, struct json one, struct json other);
static const char *device_text(struct arena *arena, struct json device);
static struct facts facts_of(struct arena *arena, struct json list, add_facts add);
static void add(struct facts *facts, const char *key, const char *value);
static const char *value_in(const struct facts *facts, const char *key);

void put_changes(struct text *text, const char *time, struct json before, struct json after) {
  static const struct {
    const char *list;
    add_facts add;
  } subjects[] = {
      {"seats", add_seat},
      {"seats", add_devices},
      {"domains", add_domain},
      {"lookingGlass", add_looking_glass},
      {"guests", add_guest},
  };
  struct arena *arena = text->arena;
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++) {
    struct facts were = facts_of(arena, json_member(before, subjects[i].list), subjects[i].add);
    struct facts are = facts_of(arena, json_member(after, subjects[i].list), subjects[i].add);
    for (const struct fact *fact = are.first; fact != NULL; fact = fact->next) {
      const char *value = value_in(&were, fact->key);
      if (value != NULL && equal(value, fact->value)) continue;
      text_put(text, joined(arena, time, "  ", fact->key, " ", fact->value, "\n", NULL));
    }
    for (const struct fact *fact = were.first; fact != NULL; fact = fact->next) {
      if (value_in(&are, fact->key) != NULL) continue;
      text_put(text, joined(arena, time, "  ", fact->key, " no more\n", NULL));
    }
  }
}

static void add_seat(struct facts *facts, struct json seat) {
  bool is_moving = json_is_true(json_member(seat, "moving"));
  add(facts, joined(facts->arena, "seat ", string_of(facts->arena, seat, "name"), NULL),
      joined(facts->arena, is_moving ? "moving from " : "with ",
             string_of(facts->arena, seat, "owner"), NULL));
}

static void add_devices(struct facts *facts, struct json seat) {
  struct arena *arena = facts->arena;
  const char *name = string_of(arena, seat, "name");
  struct json devices = json_member(seat, "devices");
  struct json device = json_first(devices);
  for (; json_is_some(device); device = json_after(devices, device)) {
    if (!is_first_of_its_selector(arena, devices, device)) continue;
    add(facts,
        joined(arena, string_of(arena, device, "kind"), " device ",
               string_of(arena, device, "selector"), " of ", name, NULL),
        devices_text(arena, devices, device));
  }
}

static void add_domain(struct facts *facts, struct json domain) {
  add(facts, joined(facts->arena, "domain ", string_of(facts->arena, domain, "name"), NULL),
      string_of(facts->arena, domain, "state"));
}

static void add_looking_glass(struct facts *facts, struct json file) {
  add(facts,
      joined(facts->arena, "looking glass ", string_of(facts->arena, file, "domain"), NULL),
      use_of(facts->arena, file));
}

static void add_guest(struct facts *facts, struct json guest) {
  bool is_connected = json_is_true(json_member(guest, "connected"));
  add(facts,
      joined(facts->arena, "guest ", string_of(facts->arena, guest, "id"), " of ",
             string_of(facts->arena, guest, "domain"), NULL),
      is_connected ? "connected" : "not connected");
}

static bool is_first_of_its_selector(struct arena *arena, struct json devices, struct json device) {
  struct json first = json_first(devices);
  while (!is_same_selector(arena, first, device)) first = json_after(devices, first);
  return first.at == device.at;
}

/* A selector may name several devices, which are then told apart by their names. */
static const char *devices_text(struct arena *arena, struct json devices, struct json named) {
  struct text text = text_in(arena);
  size_t count = 0;
  for (struct json each = named; json_is_some(each); each = json_after(devices, each)) {
    if (!is_same_selector(arena, each, named)) continue;
    if (count++ > 0) text_put(&text, ", ");
    text_put(&text, joined(arena, string_of(arena, each, "name"), " ", device_text(arena, each),
                           NULL));
  }
  return count == 1 ? device_text(arena, named) : text.bytes;
}

static bool is_same_selector(struct arena *arena, struct json one, struct json other) {
  return equal(string_of(arena, one, "kind"), string_of(arena, other, "kind")) &&
         equal(string_of(arena, one, "selector"), string_of(arena, other, "selector"));
}

static const char *device_text(struct arena *arena, struct json device) {
  const char *problem = json_string(arena, json_member(device, "problem"));
  if (problem != NULL) return joined(arena, "has a problem: ", problem, NULL);
  if (!json_is_true(json_member(device, "present"))) return "not plugged in";
  return joined(arena, "with ", holder_of(arena, device), NULL);
}

static struct facts facts_of(struct arena *arena, struct json list, add_facts add) {
  struct facts facts = {.arena = arena};
  struct json element = json_first(list);
  for (; json_is_some(element); element = json_after(list, element)) add(&facts, element);
  return facts;
}

static void add(struct facts *facts, const char *key, const char *value) {
  struct fact *fact = arena_take(facts->arena, sizeof *fact);
  fact->key = key;
  fact->value = value;
  if (facts->last == NULL) {
    facts->first = fact;
  } else {
    facts->last->next = fact;
  }
  facts->last = fact;
}

static const char *value_in(const struct facts *facts, const char *key) {
  for (const struct fact *fact = facts->first; fact != NULL; fact = fact->next) {
    if (equal(fact->key, key)) return fact->value;
  }
  return NULL;
}
