#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"

/* UTF-8 that grows at its end, in an arena. `bytes` ends with a NUL that `size` does not count. */
struct text {
  struct arena *arena;
  char *bytes;
  size_t size;
  size_t room;
};

struct text text_in(struct arena *arena);
void text_put(struct text *text, const char *string);
void text_put_bytes(struct text *text, const char *bytes, size_t size);
void text_put_spaces(struct text *text, size_t count);

/* The strings up to a NULL, one behind the other. */
char *joined(struct arena *arena, ...) __attribute__((sentinel));

char *number_text(struct arena *arena, unsigned long number);

bool equal(const char *one, const char *other);
bool starts_with(const char *string, const char *start);

/* Whether they are the same but for the case of ASCII letters, as far as `start` goes. */
bool starts_with_any_case(const char *string, const char *start);

/* How many columns a string takes, as the host's command line counts them: UTF-16 units. */
size_t columns_of(const char *string);
