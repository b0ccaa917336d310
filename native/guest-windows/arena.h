#pragma once

#include <stddef.h>

/* Memory that is taken in pieces and given back all at once. {0} is an empty one. */
struct arena {
  struct arena_piece *last;
};

/* Zeroed, and aligned for anything. The program ends where the system has no memory left. */
void *arena_take(struct arena *arena, size_t bytes);

/* A copy of the bytes, with a NUL behind them. */
char *arena_copy(struct arena *arena, const char *bytes, size_t size);

/* Gives all of it back, and leaves an empty arena. */
void arena_end(struct arena *arena);
