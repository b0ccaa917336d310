#include "text.h"

#include <stdarg.h>
#include <string.h>

static char lower(char letter);

struct text text_in(struct arena *arena) {
  enum { FIRST_ROOM = 64 };
  return (struct text){.arena = arena, .bytes = arena_take(arena, FIRST_ROOM), .room = FIRST_ROOM};
}

void text_put(struct text *text, const char *string) {
  text_put_bytes(text, string, strlen(string));
}

void text_put_bytes(struct text *text, const char *bytes, size_t size) {
  if (size >= text->room - text->size) {
    text->room = 2 * (text->size + size + 1);
    char *larger = arena_take(text->arena, text->room);
    memcpy(larger, text->bytes, text->size);
    text->bytes = larger;
  }
  memcpy(text->bytes + text->size, bytes, size);
  text->size += size;
}

void text_put_spaces(struct text *text, size_t count) {
  while (count-- > 0) text_put_bytes(text, " ", 1);
}

char *joined(struct arena *arena, ...) {
  struct text text = text_in(arena);
  va_list strings;
  va_start(strings, arena);
  for (const char *next; (next = va_arg(strings, const char *)) != NULL;) text_put(&text, next);
  va_end(strings);
  return text.bytes;
}

char *number_text(struct arena *arena, unsigned long number) {
  char digits[24];
  size_t at = sizeof digits;
  do {
    digits[--at] = (char)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  return arena_copy(arena, digits + at, sizeof digits - at);
}

bool equal(const char *one, const char *other) {
  return strcmp(one, other) == 0;
}

bool starts_with(const char *string, const char *start) {
  return strncmp(string, start, strlen(start)) == 0;
}

bool starts_with_any_case(const char *string, const char *start) {
  for (; *start != '\0'; string++, start++) {
    if (lower(*string) != lower(*start)) return false;
  }
  return true;
}

size_t columns_of(const char *string) {
  size_t columns = 0;
  for (const unsigned char *at = (const unsigned char *)string; *at != '\0'; at++) {
    bool begins = (*at & 0xc0) != 0x80;
    bool is_pair = *at >= 0xf0;
    if (begins) columns += is_pair ? 2 : 1;
  }
  return columns;
}

static char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}
