#include "argument.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool succeeded(napi_env env, napi_status status) {
  if (status == napi_ok) return true;
  const napi_extended_error_info *info;
  napi_get_last_error_info(env, &info);
  const char *message = info->error_message == NULL ? "Node-API failed" : info->error_message;
  bool thrown = false;
  napi_is_exception_pending(env, &thrown);
  if (!thrown) napi_throw_error(env, NULL, message);
  return false;
}

const char *errno_name(int number) {
  const char *name = strerrorname_np(number);
  return name == NULL ? "UNKNOWN" : name;
}

void throw_errno(napi_env env, int number, const char *syscall, const char *detail) {
  char text[8192];
  const char *code = errno_name(number);
  const char *description = strerrordesc_np(number);
  snprintf(text, sizeof text, "%s: %s, %s%s%s", code,
           description == NULL ? "unknown error" : description, syscall,
           detail[0] == '\0' ? "" : " ", detail);
  napi_value values[3];
  napi_value error;
  if (succeeded(env, napi_create_string_utf8(env, code, NAPI_AUTO_LENGTH, &values[0])) &&
      succeeded(env, napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &values[1])) &&
      succeeded(env, napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &values[2])) &&
      succeeded(env, napi_create_error(env, values[0], values[1], &error)) &&
      succeeded(env, napi_set_named_property(env, error, "syscall", values[2]))) {
    napi_throw(env, error);
  }
}

bool to_call(napi_env env, napi_callback_info info, struct call *call) {
  size_t count = sizeof call->arguments / sizeof *call->arguments;
  call->env = env;
  return succeeded(env, napi_get_cb_info(env, info, &count, call->arguments, &call->self, NULL));
}

bool to_whole(napi_env env, napi_value value, const char *name, uint64_t most, uint64_t *whole) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok && number >= 0 &&
      number <= (double)most && number == (double)(uint64_t)number) {
    *whole = (uint64_t)number;
    return true;
  }
  char text[256];
  snprintf(text, sizeof text, "%s must be a whole number from 0 to %" PRIu64, name, most);
  napi_throw_type_error(env, NULL, text);
  return false;
}

bool to_text(napi_env env, napi_value value, const char *name, char *text, size_t size) {
  size_t length;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) == napi_ok && length < size &&
      napi_get_value_string_utf8(env, value, text, size, &length) == napi_ok &&
      strlen(text) == length) {
    return true;
  }
  char message[256];
  snprintf(message, sizeof message, "%s must be a string of at most %zu bytes without NUL", name,
           size - 1);
  napi_throw_type_error(env, NULL, message);
  return false;
}
