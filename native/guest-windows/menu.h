#pragma once

#include <windows.h>

#include "json.h"

struct choice {
  enum { CHOSE_NOTHING, CHOSE_MOVE, CHOSE_END } what;
  /* Of a move. */
  const char *seat;
  const char *to;
};

/*
 * Shows the menu where the mouse is, and waits for what is chosen: the state's seats, each with the
 * move that can be made, and below them `standing`, which says how the connection is.
 */
struct choice choose(struct arena *arena, HWND window, struct json state, const char *domain,
                     const char *standing);
