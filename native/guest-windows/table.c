#include "table.h"

void table_add(struct table *table, const char *const cells[TABLE_COLUMNS]) {
  struct table_row *row = arena_take(table->arena, sizeof *row);
  for (size_t i = 0; i < TABLE_COLUMNS && cells[i] != NULL; i++) {
    size_t width = columns_of(cells[i]);
    row->cells[i] = cells[i];
    if (width > table->widths[i]) table->widths[i] = width;
  }
  if (table->last == NULL) {
    table->first = row;
  } else {
    table->last->next = row;
  }
  table->last = row;
}

void table_put_row(struct text *text, const struct table *table, const struct table_row *row) {
  size_t behind = 0;
  for (size_t i = 0; i < TABLE_COLUMNS && row->cells[i] != NULL; i++) {
    size_t width = columns_of(row->cells[i]);
    if (width > 0) {
      text_put_spaces(text, behind);
      text_put(text, row->cells[i]);
      behind = 0;
    }
    behind += table->widths[i] - width + 2;
  }
}
