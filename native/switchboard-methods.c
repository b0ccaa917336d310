#include "switchboard-methods.h"

#include <errno.h>
#include <limits.h>
#include <linux/uinput.h>
#include <stdio.h>
#include <string.h>

#include "argument.h"
#include "proxy.h"
#include "switchboard-handle.h"
#include "switchboard.h"
#include "table.h"

static napi_value open_device(napi_env env, napi_callback_info info);
static napi_value read_capabilities(napi_env env, napi_callback_info info);
static napi_value close_device(napi_env env, napi_callback_info info);
static napi_value create_proxy(napi_env env, napi_callback_info info);
static napi_value adopt_proxy(napi_env env, napi_callback_info info);
static napi_value find_folder(napi_env env, napi_callback_info info);
static napi_value open_node(napi_env env, napi_callback_info info);
static napi_value give_descriptors(napi_env env, napi_callback_info info);
static napi_value count_written(napi_env env, napi_callback_info info);
static napi_value watch_process(napi_env env, napi_callback_info info);
static napi_value apply(napi_env env, napi_callback_info info);
static napi_value move(napi_env env, napi_callback_info info);
static napi_value try_for(napi_env env, napi_callback_info info);
static napi_value close_switchboard(napi_env env, napi_callback_info info);
static bool to_capabilities(const struct call *call, unsigned index,
                            struct capabilities *capabilities);
static bool to_number(const struct call *call, unsigned index, const char *name, uint32_t most,
                      uint32_t *number);
static napi_value from_number(napi_env env, uint32_t number);
static napi_value throw_failure(napi_env env, const char *failed, const char *path);

bool define_methods(napi_env env, napi_value object) {
  const napi_property_descriptor methods[] = {
      {"open", NULL, open_device, NULL, NULL, NULL, napi_default, NULL},
      {"capabilities", NULL, read_capabilities, NULL, NULL, NULL, napi_default, NULL},
      {"closeDevice", NULL, close_device, NULL, NULL, NULL, napi_default, NULL},
      {"createProxy", NULL, create_proxy, NULL, NULL, NULL, napi_default, NULL},
      {"adoptProxy", NULL, adopt_proxy, NULL, NULL, NULL, napi_default, NULL},
      {"proxyFolder", NULL, find_folder, NULL, NULL, NULL, napi_default, NULL},
      {"openNode", NULL, open_node, NULL, NULL, NULL, napi_default, NULL},
      {"descriptors", NULL, give_descriptors, NULL, NULL, NULL, napi_default, NULL},
      {"written", NULL, count_written, NULL, NULL, NULL, napi_default, NULL},
      {"watchProcess", NULL, watch_process, NULL, NULL, NULL, napi_default, NULL},
      {"apply", NULL, apply, NULL, NULL, NULL, napi_default, NULL},
      {"move", NULL, move, NULL, NULL, NULL, napi_default, NULL},
      {"tryFor", NULL, try_for, NULL, NULL, NULL, napi_default, NULL},
      {"close", NULL, close_switchboard, NULL, NULL, NULL, napi_default, NULL},
  };
  return succeeded(
      env, napi_define_properties(env, object, sizeof methods / sizeof *methods, methods));
}

static napi_value open_device(napi_env env, napi_callback_info info) {
  struct call call;
  char path[PATH_MAX];
  uint32_t device;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "open");
  if (switchboard == NULL || !to_text(env, call.arguments[0], "path", path, sizeof path)) {
    return NULL;
  }
  const char *failed = switchboard_open(switchboard, path, &device);
  return failed == NULL ? from_number(env, device) : throw_failure(env, failed, path);
}

static napi_value read_capabilities(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t device;
  struct capabilities capabilities;
  napi_value buffer;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "capabilities");
  if (switchboard == NULL || !to_number(&call, 0, "device", UINT32_MAX, &device)) return NULL;
  const char *failed = switchboard_capabilities(switchboard, device, &capabilities);
  if (failed != NULL) return throw_failure(env, failed, NULL);
  napi_status status =
      napi_create_buffer_copy(env, sizeof capabilities, &capabilities, NULL, &buffer);
  return succeeded(env, status) ? buffer : NULL;
}

static napi_value close_device(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t device;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "closeDevice");
  if (switchboard != NULL && to_number(&call, 0, "device", UINT32_MAX, &device)) {
    switchboard_close(switchboard, device);
  }
  return NULL;
}

static napi_value create_proxy(napi_env env, napi_callback_info info) {
  struct call call;
  char name[UINPUT_MAX_NAME_SIZE];
  char phys[UINPUT_MAX_NAME_SIZE];
  struct capabilities capabilities;
  uint32_t proxy;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "createProxy");
  if (switchboard == NULL || !to_text(env, call.arguments[0], "name", name, sizeof name) ||
      !to_text(env, call.arguments[1], "phys", phys, sizeof phys) ||
      !to_capabilities(&call, 2, &capabilities)) {
    return NULL;
  }
  const char *failed =
      switchboard_create_proxy(switchboard, name, phys, &capabilities, &proxy);
  return failed == NULL ? from_number(env, proxy) : throw_failure(env, failed, "/dev/uinput");
}

static napi_value adopt_proxy(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t uinput_fd;
  uint32_t node_fd;
  uint32_t proxy;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "adoptProxy");
  if (switchboard == NULL || !to_number(&call, 0, "uinput", INT_MAX, &uinput_fd) ||
      !to_number(&call, 1, "node", INT_MAX, &node_fd)) {
    return NULL;
  }
  const char *failed =
      switchboard_adopt_proxy(switchboard, (int)uinput_fd, (int)node_fd, &proxy);
  return failed == NULL ? from_number(env, proxy) : throw_failure(env, failed, NULL);
}

static napi_value find_folder(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t proxy;
  int fds[2];
  char name[64];
  napi_value text;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "proxyFolder");
  if (switchboard == NULL || !to_number(&call, 0, "proxy", UINT32_MAX, &proxy)) return NULL;
  const char *failed = switchboard_descriptors(switchboard, proxy, fds);
  if (failed == NULL) failed = proxy_folder(fds[0], name, sizeof name);
  if (failed != NULL) return throw_failure(env, failed, NULL);
  napi_status status = napi_create_string_utf8(env, name, NAPI_AUTO_LENGTH, &text);
  return succeeded(env, status) ? text : NULL;
}

static napi_value open_node(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t proxy;
  char path[PATH_MAX];
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "openNode");
  if (switchboard == NULL || !to_number(&call, 0, "proxy", UINT32_MAX, &proxy) ||
      !to_text(env, call.arguments[1], "path", path, sizeof path)) {
    return NULL;
  }
  const char *failed = switchboard_open_node(switchboard, proxy, path);
  return failed == NULL ? NULL : throw_failure(env, failed, path);
}

static napi_value give_descriptors(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t proxy;
  int fds[2];
  napi_value object;
  napi_value number;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "descriptors");
  if (switchboard == NULL || !to_number(&call, 0, "proxy", UINT32_MAX, &proxy)) return NULL;
  const char *failed = switchboard_descriptors(switchboard, proxy, fds);
  if (failed != NULL) return throw_failure(env, failed, NULL);
  if (!succeeded(env, napi_create_object(env, &object))) return NULL;
  const char *const keys[] = {"uinput", "node"};
  for (unsigned i = 0; i < 2; i++) {
    if (!succeeded(env, napi_create_int32(env, fds[i], &number)) ||
        !succeeded(env, napi_set_named_property(env, object, keys[i], number))) {
      return NULL;
    }
  }
  return object;
}

static napi_value count_written(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t proxy;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "written");
  if (switchboard == NULL || !to_number(&call, 0, "proxy", UINT32_MAX, &proxy)) return NULL;
  return from_number(env, switchboard_written(switchboard, proxy));
}

static napi_value watch_process(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t target;
  uint32_t pid;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "watchProcess");
  if (switchboard == NULL || !to_number(&call, 0, "target", LIMIT_TARGETS - 1, &target) ||
      !to_number(&call, 1, "pid", INT_MAX, &pid)) {
    return NULL;
  }
  const char *failed = switchboard_watch(switchboard, target, (pid_t)pid);
  return failed == NULL ? NULL : throw_failure(env, failed, NULL);
}

static napi_value apply(napi_env env, napi_callback_info info) {
  struct call call;
  struct switchboard_table table;
  // The table first: reading it can run getters, and those can close the switchboard.
  if (!to_call(env, info, &call) || !is_switchboard(&call) ||
      !to_table(env, call.arguments[0], &table)) {
    return NULL;
  }
  struct switchboard *switchboard = switchboard_of(&call, "apply");
  if (switchboard != NULL) switchboard_apply(switchboard, &table);
  return NULL;
}

static napi_value move(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t seat;
  uint32_t target;
  uint32_t turn;
  napi_value accepted;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "move");
  if (switchboard == NULL || !to_number(&call, 0, "seat", LIMIT_SEATS - 1, &seat) ||
      !to_number(&call, 1, "target", LIMIT_TARGETS - 1, &target) ||
      !to_number(&call, 2, "turn", UINT32_MAX, &turn)) {
    return NULL;
  }
  bool done = switchboard_move(switchboard, seat, target, turn);
  return succeeded(env, napi_get_boolean(env, done, &accepted)) ? accepted : NULL;
}

static napi_value try_for(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t ms;
  if (!to_call(env, info, &call)) return NULL;
  struct switchboard *switchboard = switchboard_of(&call, "tryFor");
  if (switchboard != NULL && to_number(&call, 0, "ms", UINT32_MAX, &ms)) {
    switchboard_try(switchboard, (int64_t)ms * 1000000);
  }
  return NULL;
}

static napi_value close_switchboard(napi_env env, napi_callback_info info) {
  struct call call;
  if (to_call(env, info, &call)) end_switchboard(&call);
  return NULL;
}

static bool to_capabilities(const struct call *call, unsigned index,
                            struct capabilities *capabilities) {
  napi_value value = call->arguments[index];
  char word[16];
  size_t length;
  bool is_buffer = false;
  void *bytes;
  napi_is_buffer(call->env, value, &is_buffer);
  if (is_buffer) {
    if (!succeeded(call->env, napi_get_buffer_info(call->env, value, &bytes, &length))) return false;
    if (length == sizeof *capabilities) memcpy(capabilities, bytes, length);
    if (length == sizeof *capabilities && capabilities->version == CAPABILITIES_VERSION) return true;
    throw_errno(call->env, EINVAL, "createProxy", "with capabilities of another version");
    return false;
  }
  if (napi_get_value_string_utf8(call->env, value, word, sizeof word, &length) == napi_ok) {
    if (strcmp(word, "keyboard") == 0) return capabilities_of_keyboard(capabilities), true;
    if (strcmp(word, "pointer") == 0) return capabilities_of_pointer(capabilities), true;
  }
  napi_throw_type_error(call->env, NULL, "like must be 'keyboard', 'pointer' or a Buffer");
  return false;
}

static bool to_number(const struct call *call, unsigned index, const char *name, uint32_t most,
                      uint32_t *number) {
  uint64_t whole;
  if (!to_whole(call->env, call->arguments[index], name, most, &whole)) return false;
  *number = (uint32_t)whole;
  return true;
}

static napi_value from_number(napi_env env, uint32_t number) {
  napi_value value;
  return succeeded(env, napi_create_uint32(env, number, &value)) ? value : NULL;
}

static napi_value throw_failure(napi_env env, const char *failed, const char *path) {
  int error = errno;
  char quoted[PATH_MAX + 2] = "";
  if (path != NULL) snprintf(quoted, sizeof quoted, "'%s'", path);
  throw_errno(env, error, failed, quoted);
  return NULL;
}
