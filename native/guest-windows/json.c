#include "json.h"

#include <stdint.h>
#include <string.h>

/* Each takes where something begins and gives where it ends, or NULL where it is not there. */
static const char *value_end(const char *at, const char *end, unsigned depth);
static const char *object_end(const char *at, const char *end, unsigned depth);
static const char *array_end(const char *at, const char *end, unsigned depth);
static const char *string_end(const char *at, const char *end);
static const char *number_end(const char *at, const char *end);
static const char *digits_end(const char *at, const char *end);
static const char *word_end(const char *at, const char *end, const char *word);

static const char *spaces_end(const char *at, const char *end);
static struct json value_at(const char *at, const char *end);
static bool is(struct json value, const char *word);
static uint32_t hexadecimal(const char *digits);
static const char *put_escape(struct text *text, const char *at, const char *end);
static void put_code_point(struct text *text, uint32_t point);

struct json json_read(const char *text, size_t size) {
  const char *end = text + size;
  const char *at = spaces_end(text, end);
  const char *after = value_end(at, end, 0);
  if (after == NULL || spaces_end(after, end) != end) return (struct json){0};
  return (struct json){at, after};
}

struct json json_member(struct json object, const char *name) {
  struct json found = {0};
  if (object.at == NULL || *object.at != '{') return found;
  struct arena arena = {0};
  const char *at = spaces_end(object.at + 1, object.end);
  while (*at == '"') {
    struct json key = value_at(at, object.end);
    at = spaces_end(key.end, object.end) + 1;
    struct json value = value_at(spaces_end(at, object.end), object.end);
    if (equal(json_string(&arena, key), name)) found = value;
    at = spaces_end(value.end, object.end);
    if (*at == ',') at = spaces_end(at + 1, object.end);
  }
  arena_end(&arena);
  return found;
}

struct json json_first(struct json array) {
  if (array.at == NULL || *array.at != '[') return (struct json){0};
  const char *at = spaces_end(array.at + 1, array.end);
  return *at == ']' ? (struct json){0} : value_at(at, array.end);
}

struct json json_after(struct json array, struct json element) {
  const char *at = spaces_end(element.end, array.end);
  return *at == ',' ? value_at(spaces_end(at + 1, array.end), array.end) : (struct json){0};
}

bool json_is_some(struct json value) {
  return value.at != NULL;
}

bool json_is_null(struct json value) {
  return is(value, "null");
}

bool json_is_true(struct json value) {
  return is(value, "true");
}

unsigned long json_whole(struct json value) {
  unsigned long number = 0;
  for (const char *at = value.at; at != value.end; at++) {
    if (*at < '0' || *at > '9' || number > 100000000) return 0;
    number = 10 * number + (unsigned long)(*at - '0');
  }
  return number;
}

const char *json_string(struct arena *arena, struct json value) {
  if (value.at == NULL || *value.at != '"') return NULL;
  struct text text = text_in(arena);
  const char *end = value.end - 1;
  for (const char *at = value.at + 1; at != end;) {
    const char *plain = at;
    while (at != end && *at != '\\') at++;
    text_put_bytes(&text, plain, (size_t)(at - plain));
    if (at != end) at = put_escape(&text, at + 1, end);
  }
  return text.bytes;
}

void json_put_string(struct text *text, const char *string) {
  text_put(text, "\"");
  for (const char *at = string; *at != '\0'; at++) {
    unsigned char byte = (unsigned char)*at;
    if (byte == '"' || byte == '\\') text_put(text, "\\");
    if (byte >= ' ') {
      text_put_bytes(text, at, 1);
    } else {
      const char *digits = "0123456789abcdef";
      char escape[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15], '\0'};
      text_put(text, escape);
    }
  }
  text_put(text, "\"");
}

static const char *value_end(const char *at, const char *end, unsigned depth) {
  if (at == end || depth > JSON_MOST_DEPTH) return NULL;
  if (*at == '{') return object_end(at + 1, end, depth + 1);
  if (*at == '[') return array_end(at + 1, end, depth + 1);
  if (*at == '"') return string_end(at + 1, end);
  if (*at == 't') return word_end(at, end, "true");
  if (*at == 'f') return word_end(at, end, "false");
  if (*at == 'n') return word_end(at, end, "null");
  return number_end(at, end);
}

static const char *object_end(const char *at, const char *end, unsigned depth) {
  at = spaces_end(at, end);
  if (at != end && *at == '}') return at + 1;
  for (;;) {
    if (at == end || *at != '"' || (at = string_end(at + 1, end)) == NULL) return NULL;
    at = spaces_end(at, end);
    if (at == end || *at != ':') return NULL;
    at = value_end(spaces_end(at + 1, end), end, depth);
    if (at == NULL) return NULL;
    at = spaces_end(at, end);
    if (at != end && *at == '}') return at + 1;
    if (at == end || *at != ',') return NULL;
    at = spaces_end(at + 1, end);
  }
}

static const char *array_end(const char *at, const char *end, unsigned depth) {
  at = spaces_end(at, end);
  if (at != end && *at == ']') return at + 1;
  for (;;) {
    at = value_end(at, end, depth);
    if (at == NULL) return NULL;
    at = spaces_end(at, end);
    if (at != end && *at == ']') return at + 1;
    if (at == end || *at != ',') return NULL;
    at = spaces_end(at + 1, end);
  }
}

static const char *string_end(const char *at, const char *end) {
  for (; at != end; at++) {
    if (*at == '"') return at + 1;
    if ((unsigned char)*at < ' ') return NULL;
    if (*at != '\\') continue;
    if (++at == end) return NULL;
    if (*at == 'u') {
      if (end - at < 5 || hexadecimal(at + 1) == UINT32_MAX) return NULL;
      at += 4;
    } else if (*at == '\0' || strchr("\"\\/bfnrt", *at) == NULL) {
      return NULL;
    }
  }
  return NULL;
}

static const char *number_end(const char *at, const char *end) {
  if (*at == '-') at++;
  if (at != end && *at == '0') {
    at++;
  } else if ((at = digits_end(at, end)) == NULL) {
    return NULL;
  }
  if (at != end && *at == '.' && (at = digits_end(at + 1, end)) == NULL) return NULL;
  if (at == end || (*at != 'e' && *at != 'E')) return at;
  at++;
  if (at != end && (*at == '+' || *at == '-')) at++;
  return digits_end(at, end);
}

static const char *digits_end(const char *at, const char *end) {
  const char *first = at;
  while (at != end && *at >= '0' && *at <= '9') at++;
  return at == first ? NULL : at;
}

static const char *word_end(const char *at, const char *end, const char *word) {
  size_t size = strlen(word);
  return (size_t)(end - at) >= size && memcmp(at, word, size) == 0 ? at + size : NULL;
}

static const char *spaces_end(const char *at, const char *end) {
  while (at != end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

static struct json value_at(const char *at, const char *end) {
  return (struct json){at, value_end(at, end, 0)};
}

static bool is(struct json value, const char *word) {
  return value.at != NULL && word_end(value.at, value.end, word) == value.end;
}

/* Of four digits; UINT32_MAX where they are none. */
static uint32_t hexadecimal(const char *digits) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; i++) {
    char digit = digits[i];
    if (digit >= '0' && digit <= '9') {
      number = 16 * number + (uint32_t)(digit - '0');
    } else if ((digit | ' ') >= 'a' && (digit | ' ') <= 'f') {
      number = 16 * number + (uint32_t)((digit | ' ') - 'a') + 10;
    } else {
      return UINT32_MAX;
    }
  }
  return number;
}

/* What stands behind a backslash; gives what is behind it. */
static const char *put_escape(struct text *text, const char *at, const char *end) {
  static const char letters[] = "bfnrt";
  static const char meanings[] = "\b\f\n\r\t";
  if (*at != 'u') {
    const char *letter = strchr(letters, *at);
    text_put_bytes(text, letter == NULL ? at : &meanings[letter - letters], 1);
    return at + 1;
  }
  uint32_t point = hexadecimal(at + 1);
  at += 5;
  if (point >> 10 == 0xd800 >> 10 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    uint32_t low = hexadecimal(at + 2);
    if (low >> 10 == 0xdc00 >> 10) {
      point = 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff));
      at += 6;
    }
  }
  put_code_point(text, point);
  return at;
}

static void put_code_point(struct text *text, uint32_t point) {
  if (point == 0 || point >> 11 == 0xd800 >> 11) point = 0xfffd;
  char bytes[4];
  size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (size_t i = size; i-- > 1; point >>= 6) bytes[i] = (char)(0x80 | (point & 0x3f));
  static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
  bytes[0] = (char)(leads[size] | point);
  text_put_bytes(text, bytes, size);
}
