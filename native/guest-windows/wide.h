#pragma once

#include <windows.h>

#include "text.h"

/* Between the system's UTF-16 and the UTF-8 of all else. What is malformed becomes U+FFFD. */
wchar_t *wide(struct arena *arena, const char *string);
char *narrow(struct arena *arena, const wchar_t *string);

/* What the system says of an error, as a clause without a full stop. */
const char *reason_of(struct arena *arena, DWORD error);
