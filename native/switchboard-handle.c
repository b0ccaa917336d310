#include "switchboard-handle.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "argument.h"
#include "event.h"
#include "switchboard.h"
#include "table.h"

struct handle {
  /* NULL once it has ended. */
  struct switchboard *switchboard;
  napi_threadsafe_function deliver;
};

static const napi_type_tag handle_tag = {0x68616e64676c6173, 0x7377697463686264};

static bool start(napi_env env, napi_value listener, struct handle *handle);
static bool make_object(napi_env env, struct handle *handle, napi_value *object);
static void wake(void *context);
static void deliver(napi_env env, napi_value listener, void *context, void *data);
static napi_value open_device(napi_env env, napi_callback_info info);
static napi_value close_device(napi_env env, napi_callback_info info);
static napi_value apply(napi_env env, napi_callback_info info);
static napi_value close_switchboard(napi_env env, napi_callback_info info);
static struct handle *open_handle_of(napi_env env, napi_value self, const char *method);
static struct handle *handle_of(napi_env env, napi_value self);
static void finish(napi_env env, void *data, void *hint);
static void end_early(napi_env env, struct handle *handle);
static void end(void *data);

napi_value open_switchboard(napi_env env, napi_callback_info info) {
  napi_value listener;
  napi_valuetype type;
  if (!first_argument(env, info, NULL, &listener) ||
      !succeeded(env, napi_typeof(env, listener, &type))) {
    return NULL;
  }
  if (type != napi_function) {
    napi_throw_type_error(env, NULL, "listener must be a function");
    return NULL;
  }
  struct handle *handle = calloc(1, sizeof *handle);
  if (handle == NULL) {
    throw_errno(env, ENOMEM, "calloc", "");
    return NULL;
  }
  napi_value object;
  if (!start(env, listener, handle)) {
    free(handle);
    return NULL;
  }
  if (!make_object(env, handle, &object)) {
    end_early(env, handle);
    free(handle);
    return NULL;
  }
  return object;
}

static bool start(napi_env env, napi_value listener, struct handle *handle) {
  napi_value name;
  if (!succeeded(env, napi_create_string_utf8(env, "switchboard", NAPI_AUTO_LENGTH, &name)) ||
      !succeeded(env, napi_create_threadsafe_function(env, listener, NULL, name, 0, 1, NULL, NULL,
                                                      handle, deliver, &handle->deliver))) {
    return false;
  }
  napi_unref_threadsafe_function(env, handle->deliver);
  const char *failed = switchboard_start(&handle->switchboard, wake, handle);
  if (failed != NULL) {
    throw_errno(env, errno, failed, "");
    napi_release_threadsafe_function(handle->deliver, napi_tsfn_abort);
    return false;
  }
  // Hooks run last in, first out: the thread ends before the function that it calls.
  napi_add_env_cleanup_hook(env, end, handle);
  return true;
}

static bool make_object(napi_env env, struct handle *handle, napi_value *object) {
  const napi_property_descriptor methods[] = {
      {"open", NULL, open_device, NULL, NULL, NULL, napi_default, NULL},
      {"closeDevice", NULL, close_device, NULL, NULL, NULL, napi_default, NULL},
      {"apply", NULL, apply, NULL, NULL, NULL, napi_default, NULL},
      {"close", NULL, close_switchboard, NULL, NULL, NULL, napi_default, NULL},
  };
  // Wrapped last: from then on the object's collection frees the handle.
  return succeeded(env, napi_create_object(env, object)) &&
         succeeded(env, napi_define_properties(env, *object, sizeof methods / sizeof *methods,
                                               methods)) &&
         succeeded(env, napi_type_tag_object(env, *object, &handle_tag)) &&
         succeeded(env, napi_wrap(env, *object, handle, finish, NULL, NULL));
}

static void wake(void *context) {
  struct handle *handle = context;
  napi_call_threadsafe_function(handle->deliver, NULL, napi_tsfn_nonblocking);
}

/* Tells the listener all there is to take. It may close the switchboard, or throw. */
static void deliver(napi_env env, napi_value listener, void *context, void *data) {
  (void)data;
  // Without an environment the handle may be gone too.
  if (env == NULL) return;
  struct handle *handle = context;
  struct switchboard_event event;
  while (handle->switchboard != NULL && switchboard_take(handle->switchboard, &event)) {
    napi_handle_scope scope;
    napi_value self;
    napi_value object;
    napi_value thrown;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return;
    if (napi_get_undefined(env, &self) != napi_ok || !from_event(env, &event, &object) ||
        napi_call_function(env, self, listener, 1, &object, NULL) != napi_ok) {
      // Node only warns of what is thrown past this point: here it is an uncaught exception.
      if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) {
        napi_fatal_exception(env, thrown);
      }
    }
    napi_close_handle_scope(env, scope);
  }
}

static napi_value open_device(napi_env env, napi_callback_info info) {
  napi_value self;
  napi_value first;
  char path[PATH_MAX];
  if (!first_argument(env, info, &self, &first)) return NULL;
  struct handle *handle = open_handle_of(env, self, "open");
  if (handle == NULL || !to_text(env, first, "path", path, sizeof path)) return NULL;
  uint32_t device;
  const char *failed = switchboard_open(handle->switchboard, path, &device);
  if (failed != NULL) {
    int error = errno;
    char quoted[sizeof path + 2];
    snprintf(quoted, sizeof quoted, "'%s'", path);
    throw_errno(env, error, failed, quoted);
    return NULL;
  }
  napi_value number;
  return succeeded(env, napi_create_uint32(env, device, &number)) ? number : NULL;
}

static napi_value close_device(napi_env env, napi_callback_info info) {
  napi_value self;
  napi_value first;
  uint64_t device;
  if (!first_argument(env, info, &self, &first)) return NULL;
  struct handle *handle = open_handle_of(env, self, "closeDevice");
  if (handle == NULL || !to_whole(env, first, "device", UINT32_MAX, &device)) return NULL;
  switchboard_close(handle->switchboard, (uint32_t)device);
  return NULL;
}

static napi_value apply(napi_env env, napi_callback_info info) {
  napi_value self;
  napi_value first;
  struct switchboard_table table;
  if (!first_argument(env, info, &self, &first)) return NULL;
  // The table first: reading it can run getters, and those can close the switchboard.
  if (handle_of(env, self) == NULL || !to_table(env, first, &table)) return NULL;
  struct handle *handle = open_handle_of(env, self, "apply");
  if (handle != NULL) switchboard_apply(handle->switchboard, &table);
  return NULL;
}

static napi_value close_switchboard(napi_env env, napi_callback_info info) {
  napi_value self;
  if (!succeeded(env, napi_get_cb_info(env, info, NULL, NULL, &self, NULL))) return NULL;
  struct handle *handle = handle_of(env, self);
  if (handle != NULL) end_early(env, handle);
  return NULL;
}

static struct handle *open_handle_of(napi_env env, napi_value self, const char *method) {
  struct handle *handle = handle_of(env, self);
  if (handle == NULL || handle->switchboard != NULL) return handle;
  throw_errno(env, EBADF, method, "on a switchboard that is closed");
  return NULL;
}

static struct handle *handle_of(napi_env env, napi_value self) {
  bool ours = false;
  void *handle;
  if (napi_check_object_type_tag(env, self, &handle_tag, &ours) == napi_ok && ours &&
      napi_unwrap(env, self, &handle) == napi_ok) {
    return handle;
  }
  napi_throw_type_error(env, NULL, "this must be a switchboard");
  return NULL;
}

static void finish(napi_env env, void *data, void *hint) {
  (void)hint;
  end_early(env, data);
  free(data);
}

/* Ends it while the environment lives on. */
static void end_early(napi_env env, struct handle *handle) {
  if (handle->switchboard == NULL) return;
  napi_remove_env_cleanup_hook(env, end, handle);
  end(handle);
}

static void end(void *data) {
  struct handle *handle = data;
  switchboard_stop(handle->switchboard);
  handle->switchboard = NULL;
  napi_release_threadsafe_function(handle->deliver, napi_tsfn_abort);
}
