#pragma once

/*
 * The program that is measured: a command of sh that passes reports on. It has a process group of
 * its own, so that what it starts counts as its own. Its end before forwarder_stop ends this one.
 */

#include <stdint.h>
#include <sys/types.h>

/* Each `{source}` in the command becomes `sources`. `in` and `out` become its streams. */
pid_t forwarder_start(const char *command, const char *sources, int in, int out);

/* What all its threads have had of the CPU, in nanoseconds. */
int64_t forwarder_cpu_ns(pid_t forwarder);

void forwarder_stop(pid_t forwarder);
