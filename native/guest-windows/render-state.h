#pragma once

#include "json.h"

/* The whole state as a person reads it: lines, in the words of the host's command line. */
void put_state(struct text *text, struct json state);

/* `seat desk: with win10` */
void put_seat(struct text *text, struct json seat);
