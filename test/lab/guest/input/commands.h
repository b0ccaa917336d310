#pragma once

/*
 * Lines on a descriptor that is also polled for, which stdio's own buffer would hide from poll(2).
 */

#include <stdbool.h>
#include <stddef.h>

struct commands {
  int fd;
  size_t size;
  char text[4096];
};

/*
 * Reads once, and calls `take` with each line that is whole now, without its end; the line is the
 * callee's to change. False at the end of the input, or of a line that is too long.
 */
bool commands_read(struct commands *commands, void (*take)(char *line, void *context),
                   void *context);
