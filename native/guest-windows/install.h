#pragma once

#include "command.h"

/* Both give the exit status. */

/* Copies the program to where it stays, has it started at every logon, and starts the agent. */
int install(struct arena *arena, struct command *command);

/* Ends the agent, and has it started no more. The pairing stays. */
int uninstall(struct arena *arena, const struct command *command);
