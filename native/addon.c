/* The table of what the addon offers, and its plain functions. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <node_api.h>
#include <unistd.h>

#include "argument.h"
#include "notify.h"
#include "switchboard-handle.h"

/* Number.MAX_SAFE_INTEGER */
static const uint64_t most_bytes = (UINT64_C(1) << 53) - 1;
/* What systemd reads of one notification. */
enum { STATE_ROOM = 4096, INHERITED_ROOM = 256 };

static napi_value reserve(napi_env env, napi_callback_info info);
static napi_value notify(napi_env env, napi_callback_info info);
static bool to_descriptors(napi_env env, napi_value value, int *fds, uint32_t *count);
static napi_value inherited(napi_env env, napi_callback_info info);
static bool put_inherited(napi_env env, napi_value list, uint32_t index,
                          const struct inherited *inherited);
static napi_value close_descriptor(napi_env env, napi_callback_info info);

NAPI_MODULE_INIT(/* env, exports */) {
  const napi_property_descriptor functions[] = {
      {"reserve", NULL, reserve, NULL, NULL, NULL, napi_enumerable, NULL},
      {"notify", NULL, notify, NULL, NULL, NULL, napi_enumerable, NULL},
      {"inherited", NULL, inherited, NULL, NULL, NULL, napi_enumerable, NULL},
      {"closeDescriptor", NULL, close_descriptor, NULL, NULL, NULL, napi_enumerable, NULL},
      {"openSwitchboard", NULL, open_switchboard, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  succeeded(env, napi_define_properties(env, exports, sizeof functions / sizeof *functions,
                                        functions));
  return exports;
}

/* reserve(fd, bytes) */
static napi_value reserve(napi_env env, napi_callback_info info) {
  struct call call;
  uint64_t fd;
  uint64_t bytes;
  if (!to_call(env, info, &call) || !to_whole(env, call.arguments[0], "fd", INT_MAX, &fd) ||
      !to_whole(env, call.arguments[1], "bytes", most_bytes, &bytes)) {
    return NULL;
  }
  int error;
  do {
    error = posix_fallocate((int)fd, 0, (off_t)bytes);
  } while (error == EINTR);
  if (error != 0) throw_errno(env, error, "posix_fallocate", "");
  return NULL;
}

/* notify(state, descriptors = []): whether there was a service manager to tell */
static napi_value notify(napi_env env, napi_callback_info info) {
  struct call call;
  char state[STATE_ROOM];
  int fds[NOTIFY_MOST_FDS];
  uint32_t count;
  if (!to_call(env, info, &call) ||
      !to_text(env, call.arguments[0], "state", state, sizeof state) ||
      !to_descriptors(env, call.arguments[1], fds, &count)) {
    return NULL;
  }
  bool sent;
  const char *failed = notify_send(state, fds, count, &sent);
  if (failed != NULL) {
    throw_errno(env, errno, failed, "NOTIFY_SOCKET");
    return NULL;
  }
  napi_value result;
  return succeeded(env, napi_get_boolean(env, sent, &result)) ? result : NULL;
}

static bool to_descriptors(napi_env env, napi_value value, int *fds, uint32_t *count) {
  napi_valuetype type;
  napi_value element;
  uint64_t fd;
  *count = 0;
  if (!succeeded(env, napi_typeof(env, value, &type))) return false;
  if (type == napi_undefined) return true;
  if (napi_get_array_length(env, value, count) != napi_ok || *count > NOTIFY_MOST_FDS) {
    napi_throw_type_error(env, NULL, "descriptors must be an array of 32 at most");
    return false;
  }
  for (uint32_t i = 0; i < *count; i++) {
    if (!succeeded(env, napi_get_element(env, value, i, &element)) ||
        !to_whole(env, element, "a descriptor", INT_MAX, &fd)) {
      return false;
    }
    fds[i] = (int)fd;
  }
  return true;
}

/* inherited(): [{ name, fd }] */
static napi_value inherited(napi_env env, napi_callback_info info) {
  (void)info;
  struct inherited found[INHERITED_ROOM];
  size_t count;
  napi_value list;
  const char *failed = notify_inherited(found, INHERITED_ROOM, &count);
  if (failed != NULL) {
    throw_errno(env, errno, failed, "");
    return NULL;
  }
  if (!succeeded(env, napi_create_array_with_length(env, count, &list))) return NULL;
  for (uint32_t i = 0; i < count; i++) {
    if (!put_inherited(env, list, i, &found[i])) return NULL;
  }
  return list;
}

static bool put_inherited(napi_env env, napi_value list, uint32_t index,
                          const struct inherited *inherited) {
  napi_value object;
  napi_value name;
  napi_value fd;
  return succeeded(env, napi_create_object(env, &object)) &&
         succeeded(env,
                   napi_create_string_utf8(env, inherited->name, NAPI_AUTO_LENGTH, &name)) &&
         succeeded(env, napi_create_int32(env, inherited->fd, &fd)) &&
         succeeded(env, napi_set_named_property(env, object, "name", name)) &&
         succeeded(env, napi_set_named_property(env, object, "fd", fd)) &&
         succeeded(env, napi_set_element(env, list, index, object));
}

/* closeDescriptor(fd) */
static napi_value close_descriptor(napi_env env, napi_callback_info info) {
  struct call call;
  uint64_t fd;
  if (!to_call(env, info, &call) || !to_whole(env, call.arguments[0], "fd", INT_MAX, &fd)) {
    return NULL;
  }
  if (close((int)fd) < 0) throw_errno(env, errno, "close", "");
  return NULL;
}
