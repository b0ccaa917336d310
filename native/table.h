#pragma once

#include <node_api.h>
#include <stdbool.h>

#include "switchboard.h"

/*
 * Reads a `SwitchboardTable` of src/host/switchboard-port.ts. Throws a TypeError for another shape,
 * E2BIG beyond the limits, and EINVAL for no key code, a key twice, no keys at all or a device routed
 * twice; each names its place.
 */
bool to_table(napi_env env, napi_value value, struct switchboard_table *table);
