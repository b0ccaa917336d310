#pragma once

#include "failure.h"
#include "settings.h"

/* Adds what settings.ini in %APPDATA%\Handglass says of what is not set yet. */
bool settings_load(struct arena *arena, struct settings *settings, struct failure *failure);

bool settings_keep(struct arena *arena, const struct settings *settings, struct failure *failure);
