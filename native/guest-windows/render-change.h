#pragma once

#include "json.h"

/*
 * Lines about what differs between two states, in the words of the host's command line, each behind
 * `time`. What a guest is never told (why a seat moved, repairs, problems) is not looked for.
 */
void put_changes(struct text *text, const char *time, struct json before, struct json after);
