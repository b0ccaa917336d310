#pragma once

/*
 * What JavaScript passes in, checked, and errors thrown back. A function that returns bool leaves
 * an exception pending when it returns false.
 */

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Throws unless the call succeeded or has thrown already. */
bool succeeded(napi_env env, napi_status status);

/* Such as ENODEV; UNKNOWN for numbers that only some driver knows. */
const char *errno_name(int number);

/* Throws an Error with the errno's name as `code`, and `syscall`; `detail` ends the message. */
void throw_errno(napi_env env, int number, const char *syscall, const char *detail);

/* A function's object and its first arguments, undefined where there are none. */
struct call {
  napi_env env;
  napi_value self;
  napi_value arguments[3];
};

bool to_call(napi_env env, napi_callback_info info, struct call *call);

/* A whole number from 0 to `most`, or a TypeError that calls it `name`. */
bool to_whole(napi_env env, napi_value value, const char *name, uint64_t most, uint64_t *whole);

/* A string without NUL that fits into `size` bytes with its end, or a TypeError. */
bool to_text(napi_env env, napi_value value, const char *name, char *text, size_t size);
