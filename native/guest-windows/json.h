#pragma once

/*
 * JSON (RFC 8259), read where it stands: a value is the span of its text, and nothing is copied but
 * strings. json_read() looks at every byte once; what the others are given has passed it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The text of one value, without white space around it; {0} is no value. */
struct json {
  const char *at;
  const char *end;
};

enum { JSON_MOST_DEPTH = 32 };

/* The one value that the text is, or no value where it is anything else, or nested too deep. */
struct json json_read(const char *text, size_t size);

/* Of an object: the last of that name. No value where there is none, or it is no object. */
struct json json_member(struct json object, const char *name);

/* The first element of an array, and the one behind an element; no value where there is none. */
struct json json_first(struct json array);
struct json json_after(struct json array, struct json element);

bool json_is_some(struct json value);
bool json_is_null(struct json value);
bool json_is_true(struct json value);

/* A whole number that is not negative; 0 for any other value. */
unsigned long json_whole(struct json value);

/* A string in UTF-8; NULL for any other value. U+FFFD stands for NUL and lone surrogates. */
const char *json_string(struct arena *arena, struct json value);

/* Appends the string as a JSON value. */
void json_put_string(struct text *text, const char *string);
