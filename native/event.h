#pragma once

#include <node_api.h>
#include <stdbool.h>

#include "switchboard.h"

/*
 * Makes a `SwitchboardEvent` of src/host/switchboard-port.ts; false with an exception pending when
 * JavaScript cannot.
 */
bool from_event(napi_env env, const struct switchboard_event *event, napi_value *object);
