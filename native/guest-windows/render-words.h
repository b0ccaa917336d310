#pragma once

/* What the whole state and its changes have in common. */

#include "json.h"

/* Of an object: the string of that name; empty where there is none. */
const char *string_of(struct arena *arena, struct json object, const char *name);

/* Who has a device. */
const char *holder_of(struct arena *arena, struct json device);

/* Whether a Looking Glass host writes into its file. */
const char *use_of(struct arena *arena, struct json looking_glass);
