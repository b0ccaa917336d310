#include "switchboard-handle.h"

#include <errno.h>
#include <stdlib.h>

#include "argument.h"
#include "event.h"
#include "switchboard-methods.h"

struct handle {
  /* NULL once it has ended. */
  struct switchboard *switchboard;
  napi_threadsafe_function deliver;
};

static const napi_type_tag handle_tag = {0x68616e64676c6173, 0x7377697463686264};

static bool start(napi_env env, napi_value listener, bool realtime, struct handle *handle);
static bool make_object(napi_env env, struct handle *handle, napi_value *object);
static void wake(void *context);
static void deliver(napi_env env, napi_value listener, void *context, void *data);
static struct handle *handle_of(napi_env env, napi_value self);
static void finish(napi_env env, void *data, void *hint);
static void end_early(napi_env env, struct handle *handle);
static void end(void *data);

napi_value open_switchboard(napi_env env, napi_callback_info info) {
  struct call call;
  napi_valuetype type;
  bool realtime;
  if (!to_call(env, info, &call) || !succeeded(env, napi_typeof(env, call.arguments[0], &type))) {
    return NULL;
  }
  if (type != napi_function) {
    napi_throw_type_error(env, NULL, "listener must be a function");
    return NULL;
  }
  if (napi_get_value_bool(env, call.arguments[1], &realtime) != napi_ok) {
    napi_throw_type_error(env, NULL, "realtime must be true or false");
    return NULL;
  }
  struct handle *handle = calloc(1, sizeof *handle);
  if (handle == NULL) {
    throw_errno(env, ENOMEM, "calloc", "");
    return NULL;
  }
  napi_value object;
  if (!start(env, call.arguments[0], realtime, handle)) {
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

bool is_switchboard(const struct call *call) {
  return handle_of(call->env, call->self) != NULL;
}

struct switchboard *switchboard_of(const struct call *call, const char *method) {
  struct handle *handle = handle_of(call->env, call->self);
  if (handle == NULL) return NULL;
  if (handle->switchboard == NULL) {
    throw_errno(call->env, EBADF, method, "on a switchboard that is closed");
  }
  return handle->switchboard;
}

void end_switchboard(const struct call *call) {
  struct handle *handle = handle_of(call->env, call->self);
  if (handle != NULL) end_early(call->env, handle);
}

static bool start(napi_env env, napi_value listener, bool realtime, struct handle *handle) {
  napi_value name;
  if (!succeeded(env, napi_create_string_utf8(env, "switchboard", NAPI_AUTO_LENGTH, &name)) ||
      !succeeded(env, napi_create_threadsafe_function(env, listener, NULL, name, 0, 1, NULL, NULL,
                                                      handle, deliver, &handle->deliver))) {
    return false;
  }
  napi_unref_threadsafe_function(env, handle->deliver);
  const char *failed = switchboard_start(&handle->switchboard, realtime, wake, handle);
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
  napi_value realtime;
  // Wrapped last: from then on the object's collection frees the handle.
  return succeeded(env, napi_create_object(env, object)) &&
         succeeded(env, napi_get_boolean(env, switchboard_is_realtime(handle->switchboard),
                                         &realtime)) &&
         succeeded(env, napi_set_named_property(env, *object, "realtime", realtime)) &&
         define_methods(env, *object) &&
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
