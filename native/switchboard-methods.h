#pragma once

#include <node_api.h>
#include <stdbool.h>

/* Gives an object the methods of `Switchboard` in src/host/switchboard-port.ts. */
bool define_methods(napi_env env, napi_value object);
