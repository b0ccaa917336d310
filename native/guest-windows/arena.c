#include "arena.h"

#include <stdlib.h>
#include <string.h>

struct arena_piece {
  struct arena_piece *before;
  max_align_t bytes[];
};

void *arena_take(struct arena *arena, size_t bytes) {
  struct arena_piece *piece = calloc(1, sizeof *piece + bytes);
  if (piece == NULL) abort();
  piece->before = arena->last;
  arena->last = piece;
  return piece->bytes;
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size) {
  char *copy = arena_take(arena, size + 1);
  memcpy(copy, bytes, size);
  return copy;
}

void arena_end(struct arena *arena) {
  while (arena->last != NULL) {
    struct arena_piece *piece = arena->last;
    arena->last = piece->before;
    free(piece);
  }
}
