#pragma once

#include "settings.h"

/* Stays beside the clock until it is told to end. Gives the exit status. */
int run_agent(struct arena *arena, struct settings *settings);
