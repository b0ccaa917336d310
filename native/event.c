#include "event.h"

#include "argument.h"

static bool set_text(napi_env env, napi_value object, const char *key, const char *text);
static bool set_number(napi_env env, napi_value object, const char *key, uint32_t number);

bool from_event(napi_env env, const struct switchboard_event *event, napi_value *object) {
  if (!succeeded(env, napi_create_object(env, object))) return false;
  switch (event->kind) {
    case EVENT_CHORD:
      return set_text(env, *object, "kind", "chord") &&
             set_number(env, *object, "id", event->id) &&
             set_number(env, *object, "seat", event->seat);
    case EVENT_GONE:
      return set_text(env, *object, "kind", "gone") &&
             set_number(env, *object, "device", event->device) &&
             set_text(env, *object, "code", errno_name(event->error));
  }
  return false;
}

static bool set_text(napi_env env, napi_value object, const char *key, const char *text) {
  napi_value value;
  return succeeded(env, napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &value)) &&
         succeeded(env, napi_set_named_property(env, object, key, value));
}

static bool set_number(napi_env env, napi_value object, const char *key, uint32_t number) {
  napi_value value;
  return succeeded(env, napi_create_uint32(env, number, &value)) &&
         succeeded(env, napi_set_named_property(env, object, key, value));
}
