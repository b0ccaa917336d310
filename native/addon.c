/* The table of what the addon offers, and its plain functions. */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <node_api.h>

#include "argument.h"
#include "notify.h"
#include "switchboard-handle.h"

/* Number.MAX_SAFE_INTEGER */
static const uint64_t most_bytes = (UINT64_C(1) << 53) - 1;
/* What systemd reads of one notification. */
enum { STATE_ROOM = 4096 };

static napi_value reserve(napi_env env, napi_callback_info info);
static napi_value notify(napi_env env, napi_callback_info info);

NAPI_MODULE_INIT(/* env, exports */) {
  const napi_property_descriptor functions[] = {
      {"reserve", NULL, reserve, NULL, NULL, NULL, napi_enumerable, NULL},
      {"notify", NULL, notify, NULL, NULL, NULL, napi_enumerable, NULL},
      {"openSwitchboard", NULL, open_switchboard, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  succeeded(env, napi_define_properties(env, exports, sizeof functions / sizeof *functions,
                                        functions));
  return exports;
}

/* reserve(fd, bytes) */
static napi_value reserve(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t count = 2;
  uint64_t fd;
  uint64_t bytes;
  if (!succeeded(env, napi_get_cb_info(env, info, &count, arguments, NULL, NULL)) ||
      !to_whole(env, arguments[0], "fd", INT_MAX, &fd) ||
      !to_whole(env, arguments[1], "bytes", most_bytes, &bytes)) {
    return NULL;
  }
  int error;
  do {
    error = posix_fallocate((int)fd, 0, (off_t)bytes);
  } while (error == EINTR);
  if (error != 0) throw_errno(env, error, "posix_fallocate", "");
  return NULL;
}

/* notify(state): whether there was a service manager to tell */
static napi_value notify(napi_env env, napi_callback_info info) {
  napi_value first;
  char state[STATE_ROOM];
  if (!first_argument(env, info, NULL, &first) ||
      !to_text(env, first, "state", state, sizeof state)) {
    return NULL;
  }
  bool sent;
  const char *failed = notify_send(state, &sent);
  if (failed != NULL) {
    throw_errno(env, errno, failed, "NOTIFY_SOCKET");
    return NULL;
  }
  napi_value result;
  return succeeded(env, napi_get_boolean(env, sent, &result)) ? result : NULL;
}
