#include "event.h"

#include "argument.h"

static bool set_text(napi_env env, napi_value object, const char *key, const char *text);
static bool set_number(napi_env env, napi_value object, const char *key, uint32_t number);

static const char *const reasons[] = {
    [WHY_ASKED] = "asked", [WHY_CHORD] = "chord", [WHY_PANIC] = "panic",
    [WHY_DEATH] = "death", [WHY_DEAF] = "deaf",   [WHY_TRIAL] = "trial",
};

bool from_event(napi_env env, const struct switchboard_event *event, napi_value *object) {
  if (!succeeded(env, napi_create_object(env, object))) return false;
  switch (event->kind) {
    case EVENT_CHORD:
      return set_text(env, *object, "kind", "chord") &&
             set_number(env, *object, "id", event->id) &&
             set_number(env, *object, "seat", event->seat) &&
             set_number(env, *object, "target", event->target);
    case EVENT_MOVED:
      return set_text(env, *object, "kind", "moved") &&
             set_number(env, *object, "seat", event->seat) &&
             set_number(env, *object, "target", event->target) &&
             set_number(env, *object, "turn", event->turn) &&
             set_text(env, *object, "why", reasons[event->why]);
    case EVENT_REFUSED:
      return set_text(env, *object, "kind", "refused") &&
             set_number(env, *object, "seat", event->seat) &&
             set_number(env, *object, "target", event->target) &&
             set_number(env, *object, "device", event->device) &&
             set_text(env, *object, "code",
                      event->error == NOBODY_LISTENS ? "deaf" : errno_name(event->error));
    case EVENT_PANIC:
      return set_text(env, *object, "kind", "panic");
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
