#pragma once

#include <stdbool.h>

#include "pairing-file.h"

/*
 * Prints each change until it is interrupted, and waits for a host that is away. Gives the exit
 * status where that is of no use: this guest is not accepted any more, or another key answers.
 */
int watch(const struct paired *paired, bool json);
