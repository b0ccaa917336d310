#pragma once

#include <node_api.h>

#include "argument.h"
#include "switchboard.h"

/*
 * openSwitchboard(listener, realtime): the JavaScript object over a switchboard.
 *
 * - The switchboard ends with close(), with the object's collection, or with its environment (a
 *   worker that ends while the thread runs), whichever comes first; the thread is joined each time.
 * - The listener is called on the environment's thread only, and never again once it has ended.
 * - An open switchboard does not keep the process alive.
 */
napi_value open_switchboard(napi_env env, napi_callback_info info);

/* Whether a method's object is one of ours, closed or not; else an exception is pending. */
bool is_switchboard(const struct call *call);

/* The switchboard under a method's object; NULL with an exception pending: EBADF once it is closed. */
struct switchboard *switchboard_of(const struct call *call, const char *method);

/* Ends it; one that has ended stays as it is. */
void end_switchboard(const struct call *call);
