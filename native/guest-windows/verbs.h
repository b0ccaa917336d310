#pragma once

#include "command.h"

/* Carries out one of the commands that end by themselves, or `watch`. Gives the exit status. */
int run_verb(struct arena *arena, const struct command *command);
