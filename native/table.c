#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "argument.h"

/* Ample for the longest place there is, table.chords[63].keys[7], and a reason. */
enum { TEXT_ROOM = 128 };

static bool to_route(napi_env env, napi_value value, const char *name,
                     struct switchboard_table *table);
static bool to_chord(napi_env env, napi_value value, const char *name,
                     struct switchboard_table *table);
static bool to_key(napi_env env, napi_value value, const char *name, struct chord *chord);
static bool to_seat(napi_env env, napi_value parent, const char *parent_name, uint32_t *seat);
static bool to_number(napi_env env, napi_value parent, const char *parent_name, const char *key,
                      uint32_t *number);
static bool to_list(napi_env env, napi_value parent, const char *parent_name, const char *key,
                    uint32_t most, napi_value *list, uint32_t *length);
static bool to_member(napi_env env, napi_value parent, const char *parent_name, const char *key,
                      napi_value *member);
static bool refuse_type(napi_env env, const char *name, const char *reason);
static bool refuse(napi_env env, int number, const char *name, const char *reason);
static void put_text(char text[TEXT_ROOM], const char *format, ...);

bool to_table(napi_env env, napi_value value, struct switchboard_table *table) {
  table->route_count = 0;
  table->list.count = 0;
  napi_value routes;
  napi_value chords;
  uint32_t route_count;
  uint32_t chord_count;
  if (!to_list(env, value, "table", "routes", LIMIT_DEVICES, &routes, &route_count) ||
      !to_list(env, value, "table", "chords", LIMIT_CHORDS, &chords, &chord_count)) {
    return false;
  }
  char name[TEXT_ROOM];
  napi_value element;
  for (uint32_t i = 0; i < route_count; i++) {
    put_text(name, "table.routes[%u]", i);
    if (!succeeded(env, napi_get_element(env, routes, i, &element)) ||
        !to_route(env, element, name, table)) {
      return false;
    }
  }
  for (uint32_t i = 0; i < chord_count; i++) {
    put_text(name, "table.chords[%u]", i);
    if (!succeeded(env, napi_get_element(env, chords, i, &element)) ||
        !to_chord(env, element, name, table)) {
      return false;
    }
  }
  return true;
}

static bool to_route(napi_env env, napi_value value, const char *name,
                     struct switchboard_table *table) {
  struct route route;
  if (!to_number(env, value, name, "device", &route.device) ||
      !to_seat(env, value, name, &route.seat)) {
    return false;
  }
  for (size_t i = 0; i < table->route_count; i++) {
    if (table->routes[i].device == route.device) {
      return refuse(env, EINVAL, name, "the device is routed already");
    }
  }
  table->routes[table->route_count++] = route;
  return true;
}

static bool to_chord(napi_env env, napi_value value, const char *name,
                     struct switchboard_table *table) {
  struct chord *chord = &table->list.chords[table->list.count];
  *chord = (struct chord){0};
  napi_value keys;
  uint32_t key_count;
  if (!to_number(env, value, name, "id", &chord->id) ||
      !to_seat(env, value, name, &chord->seat) ||
      !to_list(env, value, name, "keys", LIMIT_CHORD_KEYS, &keys, &key_count)) {
    return false;
  }
  if (key_count == 0) return refuse(env, EINVAL, name, "no keys");
  for (uint32_t i = 0; i < key_count; i++) {
    char key_name[TEXT_ROOM];
    napi_value key;
    put_text(key_name, "%s.keys[%u]", name, i);
    if (!succeeded(env, napi_get_element(env, keys, i, &key)) ||
        !to_key(env, key, key_name, chord)) {
      return false;
    }
  }
  table->list.count += 1;
  return true;
}

static bool to_key(napi_env env, napi_value value, const char *name, struct chord *chord) {
  uint64_t key;
  if (!to_whole(env, value, name, UINT32_MAX, &key)) return false;
  if (key == KEY_RESERVED || key >= KEY_CNT) return refuse(env, EINVAL, name, "no key code");
  for (size_t i = 0; i < chord->key_count; i++) {
    if (chord->keys[i] == key) return refuse(env, EINVAL, name, "the key is in the chord already");
  }
  chord->keys[chord->key_count++] = (uint16_t)key;
  return true;
}

static bool to_seat(napi_env env, napi_value parent, const char *parent_name, uint32_t *seat) {
  if (!to_number(env, parent, parent_name, "seat", seat)) return false;
  if (*seat < LIMIT_SEATS) return true;
  return refuse(env, E2BIG, parent_name, "too many seats");
}

static bool to_number(napi_env env, napi_value parent, const char *parent_name, const char *key,
                      uint32_t *number) {
  char name[TEXT_ROOM];
  put_text(name, "%s.%s", parent_name, key);
  napi_value member;
  uint64_t whole;
  if (!to_member(env, parent, parent_name, key, &member) ||
      !to_whole(env, member, name, UINT32_MAX, &whole)) {
    return false;
  }
  *number = (uint32_t)whole;
  return true;
}

static bool to_list(napi_env env, napi_value parent, const char *parent_name, const char *key,
                    uint32_t most, napi_value *list, uint32_t *length) {
  char name[TEXT_ROOM];
  put_text(name, "%s.%s", parent_name, key);
  bool is_array;
  if (!to_member(env, parent, parent_name, key, list) ||
      !succeeded(env, napi_is_array(env, *list, &is_array))) {
    return false;
  }
  if (!is_array) {
    return refuse_type(env, name, "must be an array");
  }
  if (!succeeded(env, napi_get_array_length(env, *list, length))) return false;
  return *length <= most || refuse(env, E2BIG, name, "too many");
}

static bool to_member(napi_env env, napi_value parent, const char *parent_name, const char *key,
                      napi_value *member) {
  napi_valuetype type;
  if (!succeeded(env, napi_typeof(env, parent, &type))) return false;
  if (type == napi_object) {
    return succeeded(env, napi_get_named_property(env, parent, key, member));
  }
  return refuse_type(env, parent_name, "must be an object");
}

static bool refuse_type(napi_env env, const char *name, const char *reason) {
  char text[TEXT_ROOM];
  put_text(text, "%s %s", name, reason);
  napi_throw_type_error(env, NULL, text);
  return false;
}

static bool refuse(napi_env env, int number, const char *name, const char *reason) {
  char detail[TEXT_ROOM];
  put_text(detail, "%s: %s", name, reason);
  throw_errno(env, number, "apply", detail);
  return false;
}

static void put_text(char text[TEXT_ROOM], const char *format, ...) {
  va_list values;
  va_start(values, format);
  vsnprintf(text, TEXT_ROOM, format, values);
  va_end(values);
}
