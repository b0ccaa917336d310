#pragma once

/*
 * Event text: evdev events as words, for people and tests.
 *
 *   a+ a- a~     a key is pressed, released, repeated; buttons have a prefix: btn_left+
 *   rel_x=-5     any other event; its name has the prefix of its kind: abs_x, led_capsl, sw_lid
 *   4:3=458756   an event that has no name, as type, code and value
 *
 * Names are those of linux/input-event-codes.h in lower case, without KEY_. A report is one line,
 * and the SYN_REPORT at its end is not written out.
 */

#include <linux/input.h>
#include <stdbool.h>
#include <stddef.h>

/* Enough for any word with its end. */
enum { WORD_ROOM = 48 };

/* False for a word that says nothing. Leaves the event's time zero. */
bool event_from_word(const char *word, struct input_event *event);

void word_from_event(const struct input_event *event, char word[WORD_ROOM]);

/*
 * Takes the words of a line apart, which it changes, and gives their number; -1 for a word that
 * says nothing, or more than `room`: then `line` begins with the word that it stopped at.
 */
int events_from_line(char **line, struct input_event *events, size_t room);
