#pragma once

#include <node_api.h>

/*
 * openSwitchboard(listener): the JavaScript object over a switchboard.
 *
 * - The switchboard ends with close(), with the object's collection, or with its environment (a
 *   worker that ends while the thread runs), whichever comes first; the thread is joined each time.
 * - The listener is called on the environment's thread only, and never again once it has ended.
 * - An open switchboard does not keep the process alive.
 */
napi_value open_switchboard(napi_env env, napi_callback_info info);
