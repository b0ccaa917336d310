#pragma once

#include <stddef.h>

#include "failure.h"

/* Writes UTF-8: to a console as it is read there, to a file or pipe as it is. */
void print(const char *string);

/* The same, on the standard error. */
void print_aside(const char *string);

/* On the standard error: what failed, and below it what to do. Gives the exit status. */
int complain(struct failure failure);
