#pragma once

#include <stdbool.h>

#include "pairing-file.h"

/*
 * Prints each change until it is interrupted. A host that goes away is waited for once it was
 * there; gives the exit status where it was not, or does not accept this guest any more.
 */
int watch(const struct paired *paired, bool json);
