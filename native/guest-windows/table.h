#pragma once

#include "text.h"

enum { TABLE_COLUMNS = 4 };

struct table_row {
  const char *cells[TABLE_COLUMNS];
  struct table_row *next;
};

/* Rows of cells; where one ends early its other cells are NULL. {.arena = …} is an empty one. */
struct table {
  struct arena *arena;
  struct table_row *first;
  struct table_row *last;
  size_t widths[TABLE_COLUMNS];
};

void table_add(struct table *table, const char *const cells[TABLE_COLUMNS]);

/* Aligned with the other rows, two spaces between the columns and none behind the last. */
void table_put_row(struct text *text, const struct table *table, const struct table_row *row);
