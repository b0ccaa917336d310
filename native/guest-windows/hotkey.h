#pragma once

/* A hotkey as it is written, `ctrl+alt+home`, and as RegisterHotKey takes it. */

#include <stdbool.h>
#include <stddef.h>

struct hotkey {
  /* MOD_ALT, MOD_CONTROL, MOD_SHIFT, MOD_WIN */
  unsigned modifiers;
  /* A virtual-key code */
  unsigned key;
};

/* Gives what is wrong, in a clause, or NULL. `size` bytes are the text. */
const char *hotkey_read(const char *text, size_t size, struct hotkey *hotkey);
