#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "argument.h"

/* Ample for the longest place there is, table.chords[63].targets[15], and a reason. */
enum { TEXT_ROOM = 128 };

/* Where in the table a value stands. */
struct place {
  napi_env env;
  napi_value value;
  char name[TEXT_ROOM];
};

typedef bool (*element_reader)(const struct place *place, uint32_t index,
                               struct switchboard_table *table);

static bool to_route(const struct place *place, uint32_t index, struct switchboard_table *table);
static bool to_target(const struct place *place, uint32_t index, struct switchboard_table *table);
static bool to_seat_rule(const struct place *place, uint32_t index,
                         struct switchboard_table *table);
static bool to_chord(const struct place *place, uint32_t index, struct switchboard_table *table);
static bool to_keys(const struct place *place, struct chord *chord);
static bool to_targets(const struct place *place, struct chord *chord);
static bool to_seat(const struct place *place, uint32_t *seat);
static bool each(const struct place *parent, const char *key, uint32_t most, element_reader read,
                 struct switchboard_table *table, size_t *count);
static bool to_numbers(const struct place *parent, const char *key, uint32_t most,
                       uint32_t *numbers, uint32_t *count);
static bool to_number(const struct place *parent, const char *key, uint32_t *number);
static bool to_flag(const struct place *parent, const char *key, bool *flag);
static bool to_list(const struct place *parent, const char *key, uint32_t most,
                    struct place *list, uint32_t *length);
static bool to_member(const struct place *parent, const char *key, struct place *member);
static bool to_element(const struct place *list, uint32_t index, struct place *element);
static bool refuse_type(const struct place *place, const char *reason);
static bool refuse(const struct place *place, int number, const char *reason);
static void put_text(char text[TEXT_ROOM], const char *format, ...);

bool to_table(napi_env env, napi_value value, struct switchboard_table *table) {
  const struct place place = {.env = env, .value = value, .name = "table"};
  memset(table, 0, sizeof *table);
  return each(&place, "routes", LIMIT_DEVICES, to_route, table, &table->route_count) &&
         each(&place, "targets", LIMIT_TARGETS, to_target, table, &table->target_count) &&
         each(&place, "seats", LIMIT_SEATS, to_seat_rule, table, &table->seat_count) &&
         each(&place, "chords", LIMIT_CHORDS, to_chord, table, &table->list.count);
}

static bool to_route(const struct place *place, uint32_t index, struct switchboard_table *table) {
  struct route *route = &table->routes[index];
  uint32_t clones;
  if (!to_number(place, "device", &route->device) || !to_seat(place, &route->seat) ||
      !to_numbers(place, "clones", LIMIT_TARGETS, route->clones, &clones)) {
    return false;
  }
  for (size_t i = 0; i < index; i++) {
    if (table->routes[i].device == route->device) {
      return refuse(place, EINVAL, "the device is routed already");
    }
  }
  return true;
}

static bool to_target(const struct place *place, uint32_t index, struct switchboard_table *table) {
  return to_number(place, "keyboard", &table->targets[index].keyboard) &&
         to_number(place, "pointer", &table->targets[index].pointer);
}

static bool to_seat_rule(const struct place *place, uint32_t index,
                         struct switchboard_table *table) {
  return to_flag(place, "swallow", &table->seats[index].swallow) &&
         to_flag(place, "direct", &table->seats[index].direct);
}

static bool to_chord(const struct place *place, uint32_t index, struct switchboard_table *table) {
  struct chord *chord = &table->list.chords[index];
  uint32_t taps;
  uint32_t hold_ms;
  if (!to_number(place, "id", &chord->id) || !to_seat(place, &chord->seat) ||
      !to_keys(place, chord) || !to_number(place, "taps", &taps) ||
      !to_number(place, "holdMs", &hold_ms) || !to_flag(place, "swallow", &chord->swallow) ||
      !to_flag(place, "panic", &chord->panic) || !to_targets(place, chord)) {
    return false;
  }
  chord->tapped = taps == 2;
  chord->hold = (int64_t)hold_ms * 1000000;
  return true;
}

static bool to_keys(const struct place *place, struct chord *chord) {
  uint32_t keys[LIMIT_CHORD_KEYS];
  uint32_t count;
  if (!to_numbers(place, "keys", LIMIT_CHORD_KEYS, keys, &count)) return false;
  if (count == 0) return refuse(place, EINVAL, "no keys");
  for (; chord->key_count < count; chord->key_count++) {
    uint32_t key = keys[chord->key_count];
    struct place at = *place;
    put_text(at.name, "%s.keys[%zu]", place->name, chord->key_count);
    if (key == KEY_RESERVED || key >= KEY_CNT) return refuse(&at, EINVAL, "no key code");
    for (size_t i = 0; i < chord->key_count; i++) {
      if (chord->keys[i] == key) return refuse(&at, EINVAL, "the key is in the chord already");
    }
    chord->keys[chord->key_count] = (uint16_t)key;
  }
  return true;
}

static bool to_targets(const struct place *place, struct chord *chord) {
  uint32_t targets[LIMIT_TARGETS];
  uint32_t count;
  if (!to_numbers(place, "targets", LIMIT_TARGETS, targets, &count)) return false;
  for (; chord->target_count < count; chord->target_count++) {
    uint32_t target = targets[chord->target_count];
    if (target >= LIMIT_TARGETS) return refuse(place, E2BIG, "too many targets");
    chord->targets[chord->target_count] = (uint8_t)target;
  }
  return true;
}

static bool to_seat(const struct place *place, uint32_t *seat) {
  if (!to_number(place, "seat", seat)) return false;
  return *seat < LIMIT_SEATS || refuse(place, E2BIG, "too many seats");
}

static bool each(const struct place *parent, const char *key, uint32_t most, element_reader read,
                 struct switchboard_table *table, size_t *count) {
  struct place list;
  struct place element;
  uint32_t length;
  if (!to_list(parent, key, most, &list, &length)) return false;
  for (uint32_t i = 0; i < length; i++) {
    if (!to_element(&list, i, &element) || !read(&element, i, table)) return false;
  }
  *count = length;
  return true;
}

static bool to_numbers(const struct place *parent, const char *key, uint32_t most,
                       uint32_t *numbers, uint32_t *count) {
  struct place list;
  struct place element;
  uint64_t whole;
  if (!to_list(parent, key, most, &list, count)) return false;
  for (uint32_t i = 0; i < *count; i++) {
    if (!to_element(&list, i, &element) ||
        !to_whole(element.env, element.value, element.name, UINT32_MAX, &whole)) {
      return false;
    }
    numbers[i] = (uint32_t)whole;
  }
  return true;
}

static bool to_number(const struct place *parent, const char *key, uint32_t *number) {
  struct place member;
  uint64_t whole;
  if (!to_member(parent, key, &member) ||
      !to_whole(member.env, member.value, member.name, UINT32_MAX, &whole)) {
    return false;
  }
  *number = (uint32_t)whole;
  return true;
}

static bool to_flag(const struct place *parent, const char *key, bool *flag) {
  struct place member;
  if (!to_member(parent, key, &member)) return false;
  if (napi_get_value_bool(member.env, member.value, flag) == napi_ok) return true;
  return refuse_type(&member, "must be true or false");
}

static bool to_list(const struct place *parent, const char *key, uint32_t most,
                    struct place *list, uint32_t *length) {
  bool is_array;
  if (!to_member(parent, key, list) ||
      !succeeded(list->env, napi_is_array(list->env, list->value, &is_array))) {
    return false;
  }
  if (!is_array) return refuse_type(list, "must be an array");
  if (!succeeded(list->env, napi_get_array_length(list->env, list->value, length))) return false;
  return *length <= most || refuse(list, E2BIG, "too many");
}

static bool to_member(const struct place *parent, const char *key, struct place *member) {
  napi_valuetype type;
  member->env = parent->env;
  put_text(member->name, "%s.%s", parent->name, key);
  if (!succeeded(parent->env, napi_typeof(parent->env, parent->value, &type))) return false;
  if (type != napi_object) return refuse_type(parent, "must be an object");
  return succeeded(parent->env,
                   napi_get_named_property(parent->env, parent->value, key, &member->value));
}

static bool to_element(const struct place *list, uint32_t index, struct place *element) {
  element->env = list->env;
  put_text(element->name, "%s[%u]", list->name, index);
  return succeeded(list->env, napi_get_element(list->env, list->value, index, &element->value));
}

static bool refuse_type(const struct place *place, const char *reason) {
  char text[TEXT_ROOM];
  put_text(text, "%s %s", place->name, reason);
  napi_throw_type_error(place->env, NULL, text);
  return false;
}

static bool refuse(const struct place *place, int number, const char *reason) {
  char detail[TEXT_ROOM];
  put_text(detail, "%s: %s", place->name, reason);
  throw_errno(place->env, number, "apply", detail);
  return false;
}

static void put_text(char text[TEXT_ROOM], const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(text, TEXT_ROOM, format, values);
  va_end(values);
}
