#pragma once

/* IP addresses as text. A name is none: whoever answers for names could say where the host is. */

#include <stdbool.h>

bool is_ipv4(const char *text);

/* Without brackets and without a zone. */
bool is_ipv6(const char *text);

/* Whether the address is this machine's own: 127.0.0.0/8 or ::1. */
bool is_loopback(const char *text);
