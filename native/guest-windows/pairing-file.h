#pragma once

/* What pairing leaves: where the host is, its pin, and the token that it takes. */

#include <stdbool.h>

#include "failure.h"
#include "pairing.h"

struct paired {
  struct endpoint endpoint;
  const char *token;
  const char *domain;
};

/* All give false where they failed, with the reason in `failure`. */
bool pairing_load(struct arena *arena, struct paired *paired, struct failure *failure);
/* To be asked before a code is used up, of which nothing would be kept. */
bool pairing_has_place(struct arena *arena, struct failure *failure);
bool pairing_keep(struct arena *arena, const struct paired *paired, struct failure *failure);
