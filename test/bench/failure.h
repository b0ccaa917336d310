#pragma once

/* Says what failed, with errno's text, and ends the program. */
_Noreturn void fail(const char *what);
