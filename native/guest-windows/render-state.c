#include "render-state.h"

#include "render-words.h"
#include "table.h"

static void put_seats(struct text *text, struct json seats);
static void put_headline(struct text *text, struct json seat);
static void put_others(struct text *text, struct json state);
static void add_device(struct table *table, struct json device);
static void add_domain(struct table *table, struct json domain);
static void add_looking_glass(struct table *table, struct json file);
static void add_guest(struct table *table, struct json guest);
static void add_each(struct table *table, struct json list,
                     void (*add)(struct table *table, struct json element));

void put_state(struct text *text, struct json state) {
  put_seats(text, json_member(state, "seats"));
  put_others(text, state);
}

void put_seat(struct text *text, struct json seat) {
  text_put(text, joined(text->arena, "seat ", string_of(text->arena, seat, "name"), ": with ",
                        string_of(text->arena, seat, "owner"), NULL));
}

static void put_seats(struct text *text, struct json seats) {
  struct table table = {.arena = text->arena};
  struct json seat = json_first(seats);
  if (!json_is_some(seat)) return text_put(text, "No seat is configured.\n");
  for (; json_is_some(seat); seat = json_after(seats, seat)) {
    add_each(&table, json_member(seat, "devices"), add_device);
  }
  const struct table_row *row = table.first;
  for (seat = json_first(seats); json_is_some(seat); seat = json_after(seats, seat)) {
    put_headline(text, seat);
    struct json devices = json_member(seat, "devices");
    struct json device = json_first(devices);
    for (; json_is_some(device); device = json_after(devices, device), row = row->next) {
      text_put(text, "  ");
      table_put_row(text, &table, row);
      text_put(text, "\n");
      const char *problem = json_string(text->arena, json_member(device, "problem"));
      if (problem != NULL) text_put(text, joined(text->arena, "    ", problem, "\n", NULL));
    }
  }
}

static void put_headline(struct text *text, struct json seat) {
  put_seat(text, seat);
  if (json_is_true(json_member(seat, "moving"))) return text_put(text, ", moving\n");
  const char *owner = string_of(text->arena, seat, "owner");
  const char *before = "; can go to ";
  if (!equal(owner, "host")) {
    text_put(text, joined(text->arena, before, "host", NULL));
    before = ", ";
  }
  struct json domains = json_member(seat, "domains");
  struct json domain = json_first(domains);
  for (; json_is_some(domain); domain = json_after(domains, domain)) {
    const char *name = json_string(text->arena, domain);
    if (name == NULL || equal(name, owner)) continue;
    text_put(text, joined(text->arena, before, name, NULL));
    before = ", ";
  }
  text_put(text, "\n");
}

static void put_others(struct text *text, struct json state) {
  struct table table = {.arena = text->arena};
  add_each(&table, json_member(state, "domains"), add_domain);
  add_each(&table, json_member(state, "lookingGlass"), add_looking_glass);
  add_each(&table, json_member(state, "guests"), add_guest);
  if (table.first != NULL) text_put(text, "\n");
  for (const struct table_row *row = table.first; row != NULL; row = row->next) {
    table_put_row(text, &table, row);
    text_put(text, "\n");
  }
}

static void add_device(struct table *table, struct json device) {
  struct arena *arena = table->arena;
  const char *name = string_of(arena, device, "name");
  const char *selector = string_of(arena, device, "selector");
  bool is_present = json_is_true(json_member(device, "present"));
  const char *cells[TABLE_COLUMNS] = {
      string_of(arena, device, "kind"),
      *name == '\0' ? selector : name,
      *name == '\0' ? "" : selector,
      is_present ? holder_of(arena, device) : "not plugged in",
  };
  table_add(table, cells);
}

static void add_domain(struct table *table, struct json domain) {
  const char *cells[TABLE_COLUMNS] = {"domain", string_of(table->arena, domain, "name"),
                                      string_of(table->arena, domain, "state")};
  table_add(table, cells);
}

static void add_looking_glass(struct table *table, struct json file) {
  struct arena *arena = table->arena;
  const char *mib = number_text(arena, json_whole(json_member(file, "mib")));
  const char *cells[TABLE_COLUMNS] = {
      "looking glass",
      string_of(arena, file, "domain"),
      string_of(arena, file, "path"),
      joined(arena, mib, " MiB, ", use_of(arena, file), NULL),
  };
  table_add(table, cells);
}

/* A guest sees no other than itself, which is connected while it looks. */
static void add_guest(struct table *table, struct json guest) {
  bool is_connected = json_is_true(json_member(guest, "connected"));
  const char *cells[TABLE_COLUMNS] = {"guest", string_of(table->arena, guest, "domain"),
                                      string_of(table->arena, guest, "id"),
                                      is_connected ? "connected" : "not connected"};
  table_add(table, cells);
}

static void add_each(struct table *table, struct json list,
                     void (*add)(struct table *table, struct json element)) {
  struct json element = json_first(list);
  for (; json_is_some(element); element = json_after(list, element)) add(table, element);
}
